operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  stream "SHIPPED" {
    subjects  = ["orders.shipped"]
    max_bytes = "1MiB"
  }
}
