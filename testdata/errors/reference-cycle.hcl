operator "O" {}

locals {
  a = local.b # ERROR reference-cycle
  b = local.c
  c = local.a

  early = account.B.name # ERROR reference-cycle
}

account "A" {
  for_each = toset([local.early])
}

account "B" {}
