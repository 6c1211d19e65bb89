operator "RETAIL" {}

account "ACCTA" {
  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }
}
