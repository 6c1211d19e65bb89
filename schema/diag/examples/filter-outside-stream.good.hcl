operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      filter_subject = "orders.shipped"
    }
  }
}
