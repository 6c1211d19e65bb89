operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  user "order-service" {
    publish {
      allow = ["order.created"]
    }
  }
}
