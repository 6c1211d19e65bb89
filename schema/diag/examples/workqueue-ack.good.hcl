operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
    retention = "workqueue"

    consumer "shipping" {
      ack_policy = "explicit"
    }
  }
}
