operator "RETAIL" {
  strict_signing_keys = true

  signing_key "2026" {}
}

account "ACCTA" {}
