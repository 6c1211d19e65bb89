operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
    retention = "workqueue"

    consumer "shipping" {
      filter_subject = "orders.shipped"
    }

    consumer "billing" {
      filter_subject = "orders.paid"
    }
  }
}
