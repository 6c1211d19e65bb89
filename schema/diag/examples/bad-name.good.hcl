operator "RETAIL" {}

account "ORDERS" {
  name = "ORDERS"
}
