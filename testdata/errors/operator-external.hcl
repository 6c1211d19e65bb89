operator "HOSTED" {
  external            = true
  system_account      = "SYS" # ERROR field-conflict
  strict_signing_keys = true  # ERROR field-conflict
  signing_key "a" {}          # ERROR field-conflict
}                             # ERROR missing-attribute
