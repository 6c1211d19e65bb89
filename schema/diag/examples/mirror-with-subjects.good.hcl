operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  stream "COPY" {
    max_bytes = "1MiB"

    mirror {
      name = "ORDERS"
    }
  }
}
