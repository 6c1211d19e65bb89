operator "RETAIL" {}

variable "prefix" {
  default = "orders"
}

account "ACCTA" {
  description = "all of ${var.prefix}"
}
