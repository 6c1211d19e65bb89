operator "RETAIL" {}

account "ACCTA" {
  jetstream {
    max_ack_pending = 100
  }

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      max_ack_pending = 100
    }
  }
}
