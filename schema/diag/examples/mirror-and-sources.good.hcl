operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  stream "RETURNS" {
    subjects  = ["returns.>"]
    max_bytes = "1MiB"
  }

  stream "COPY" {
    max_bytes = "1MiB"

    source {
      name = "ORDERS"
    }

    source {
      name = "RETURNS"
    }
  }
}
