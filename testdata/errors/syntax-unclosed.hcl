operator "O" {}

account "A" { # ERROR syntax
  description = "there is no closing brace"
