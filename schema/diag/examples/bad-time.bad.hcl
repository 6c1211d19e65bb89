operator "RETAIL" {}

account "ACCTA" {
  revoke "leaked" {
    user   = "*"
    before = "yesterday"
  }
}
