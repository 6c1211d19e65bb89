operator "O" {
  system_account = "ADMIN"
}

account "ADMIN" {
  key_value "B" {} # ERROR system-account-jetstream
}
