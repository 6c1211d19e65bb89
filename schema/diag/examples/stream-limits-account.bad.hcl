operator "RETAIL" {}

account "ACCTA" {
  jetstream {
    disk = "1GiB"
  }

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "2GiB"
  }
}
