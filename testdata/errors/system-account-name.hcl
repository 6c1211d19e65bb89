operator "O" {}

account "tenant" {
  for_each = toset(["acme", "SYS"])
  name     = each.key # ERROR duplicate-name
}
