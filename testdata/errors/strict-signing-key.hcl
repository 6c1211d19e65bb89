operator "O" {
  strict_signing_keys = true
  signing_key "main" {}
}

account "A" {
  user "u" {} # ERROR strict-signing-key
}

account "B" {
  signing_key "users" {}
  user "u" {}
}
