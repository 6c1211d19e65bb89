operator "O" {}

account "A" {
  jetstream { max_ack_pending = 10 }
  stream "S" {
    consumer_limits { max_ack_pending = 5 }
    consumer "A" { max_ack_pending = 6 } # ERROR max-ack-pending-limit
    consumer "B" {}
  }
  stream "T" {
    consumer "A" { max_ack_pending = 11 } # ERROR max-ack-pending-limit
    consumer "B" {}
  }
}
