operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  stream "ALL" {
    max_bytes = "1MiB"

    source {
      name = "ORDERS"
    }
  }
}
