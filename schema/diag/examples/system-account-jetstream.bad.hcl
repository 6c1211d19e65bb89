operator "RETAIL" {}

account "SYS" {
  jetstream {}
}
