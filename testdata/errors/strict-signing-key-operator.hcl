operator "O" {
  strict_signing_keys = true # ERROR strict-signing-key
}
