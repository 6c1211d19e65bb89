operator "O" {}

account "A" {
  user "joe" {}
  revoke "joe" { user = "joe" }
  revoke "all" { user = "*" }
  revoke "jo" { user = "jo" } # ERROR unknown-reference
}
