operator "RETAIL" {
  signing_key "2026" {}
}

account "ACCTA" {}
