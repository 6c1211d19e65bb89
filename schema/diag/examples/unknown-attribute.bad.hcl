operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subject   = ["orders.>"]
    max_bytes = "1MiB"
  }
}
