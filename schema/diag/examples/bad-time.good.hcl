operator "RETAIL" {}

account "ACCTA" {
  revoke "leaked" {
    user   = "*"
    before = "2026-01-31"
  }
}
