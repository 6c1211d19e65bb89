operator "RETAIL" {}

account "ACCTA" {
  limits {
    connections = 100
  }

  jetstream {
    disk = "1GiB"
  }

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }
}
