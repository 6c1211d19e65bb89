operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS-EU" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }
}
