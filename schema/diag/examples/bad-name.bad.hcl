operator "RETAIL" {}

account "ORDERS" {
  name = "ORDERS\u200b"
}
