operator "RETAIL" {}

account "ACCTA" {
  # jsc:ignore user-unrestricted
  user "admin" {}
}
