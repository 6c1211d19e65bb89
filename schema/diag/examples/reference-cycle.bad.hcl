operator "RETAIL" {}

locals {
  first  = "${local.second}.a"
  second = "${local.first}.b"
}

account "ACCTA" {
  description = local.first
}
