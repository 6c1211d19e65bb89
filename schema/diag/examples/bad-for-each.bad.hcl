operator "RETAIL" {}

account "tenant" {
  for_each = ["acme", "globex"]
}
