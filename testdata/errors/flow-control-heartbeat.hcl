operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {
      deliver_subject = "to.c"
      flow_control    = true # ERROR flow-control-heartbeat
    }
  }
}
