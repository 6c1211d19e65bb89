operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    source {
      name = "ALL"
    }
  }

  stream "ALL" {
    max_bytes = "1MiB"

    source {
      name = "ORDERS"
    }
  }
}
