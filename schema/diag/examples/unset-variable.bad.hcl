operator "RETAIL" {}

variable "team" {
  type = string
}

account "ACCTA" {
  description = var.team
}
