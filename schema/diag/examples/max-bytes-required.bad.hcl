operator "RETAIL" {}

account "ACCTA" {
  jetstream {
    max_bytes_required = true
  }

  stream "ORDERS" {
    subjects = ["orders.>"]
    max_age  = "1d"
  }
}
