operator "O" {}

account "SYS" {
  jetstream {} # ERROR system-account-jetstream
}
