operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects                = ["orders.>"]
    max_bytes               = "1MiB"
    discard_new_per_subject = true
  }
}
