operator "RETAIL" {}

locals {
  prefix = "orders"
}

account "ACCTA" {}
