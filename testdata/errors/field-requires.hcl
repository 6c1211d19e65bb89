operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    mirror_direct = true # ERROR field-requires
    consumer "C" { deliver_policy = "last_per_subject" } # ERROR field-requires
    consumer "D" { ack_policy = "flow_control" } # ERROR field-requires
    consumer "E" { opt_start_seq = 5 } # ERROR field-requires
  }
}
