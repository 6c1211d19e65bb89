operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      backoff     = ["1s", "10s", "1m"]
      max_deliver = 2
    }
  }
}
