operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects                = ["orders.>"]
    max_bytes               = "1MiB"
    discard                 = "new"
    max_msgs_per_subject    = 1
    discard_new_per_subject = true
  }
}
