operator "RETAIL" {}

account "tenant" {
  for_each = toset(["acme", "globex"])
}
