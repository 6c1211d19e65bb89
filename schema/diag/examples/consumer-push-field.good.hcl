operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      deliver_subject = "deliver.shipping"
      deliver_group   = "shipping"
      rate_limit_bps  = 1000000
    }
  }
}
