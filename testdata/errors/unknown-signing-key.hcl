operator "O" {
  signing_key "main" {}
}

account "A" {
  signed_by = "mian" # ERROR unknown-signing-key

  signing_key "users" {}

  user "u" {
    signing_key = "other" # ERROR unknown-signing-key
  }
}
