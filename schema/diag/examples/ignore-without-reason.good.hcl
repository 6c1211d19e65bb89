operator "RETAIL" {}

account "ACCTA" {
  # jsc:ignore user-unrestricted it is for people in an emergency
  user "admin" {}
}
