operator "RETAIL" {}

variable "prefix" {
  default = "orders"
}

account "ACCTA" {}
