operator "RETAIL" {}

variable "team" {
  type    = string
  default = "orders"
}

account "ACCTA" {
  description = var.team
}
