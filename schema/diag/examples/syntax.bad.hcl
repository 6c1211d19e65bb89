operator "RETAIL" {}

account "ACCTA" {
  description = "orders"
