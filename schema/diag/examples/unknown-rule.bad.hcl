operator "RETAIL" {}

account "ACCTA" {
  # jsc:ignore user-unrestrict it is for people in an emergency
  user "admin" {}
}
