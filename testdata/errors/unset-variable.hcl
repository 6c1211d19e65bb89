operator "O" {}

variable "region" { # ERROR unset-variable
  type = string
}

account "A" {
  description = var.region
}
