operator "RETAIL" {
  strict_signing_keys = true
}

account "ACCTA" {}
