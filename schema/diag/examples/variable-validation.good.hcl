operator "RETAIL" {}

variable "tenants" {
  type    = number
  default = 3

  validation {
    condition     = var.tenants > 0
    error_message = "there must be a tenant at least"
  }
}

account "ACCTA" {
  description = "for ${var.tenants} tenants"
}
