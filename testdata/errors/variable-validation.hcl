operator "O" {}

variable "replicas" {
  default = 2 # ERROR variable-validation

  validation {
    condition     = var.replicas % 2 == 1
    error_message = "Replicas must be odd."
  }
}

variable "count" {
  type    = number
  default = "many" # ERROR wrong-type
}
