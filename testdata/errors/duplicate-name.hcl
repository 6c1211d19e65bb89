operator "O" {}

account "A" {
  limits {}
  limits {} # ERROR duplicate-name

  user "u" {}
  user "u" {} # ERROR duplicate-name
}

account "A" {} # ERROR duplicate-name

locals {
  a = 1
}

locals {
  a = 2 # ERROR duplicate-name
}
