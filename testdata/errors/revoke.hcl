operator "O" {}

account "A" {
  user "joe" {}
  revoke "joe" { user = "joe" }
  revoke "all" { user = "*" }
  revoke "jo" { user = "jo" } # ERROR unknown-reference
  revoke "bad" { user = "UAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" } # ERROR bad-value
  revoke "other" { user = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA" } # ERROR key-wrong-type
}
