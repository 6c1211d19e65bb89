operator "RETAIL" {}

locals {
  first  = "${local.second}.a"
  second = "b"
}

account "ACCTA" {
  description = local.first
}
