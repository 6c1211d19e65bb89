operator "RETAIL" {}

locals {
  prefix = "orders"
}

account "ACCTA" {
  description = "all of ${local.prefix}"
}
