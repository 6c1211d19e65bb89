operator "RETAIL" {}

account "SYS" {}

account "ACCTA" {
  jetstream {}
}
