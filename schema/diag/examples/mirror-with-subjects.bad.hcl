operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  stream "COPY" {
    subjects  = ["copy.>"]
    max_bytes = "1MiB"

    mirror {
      name = "ORDERS"
    }
  }
}
