operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects         = ["orders.>"]
    max_bytes        = "1MiB"
    max_age          = "1m"
    duplicate_window = "2m"
  }
}
