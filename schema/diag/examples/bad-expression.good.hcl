operator "RETAIL" {}

account "ACCTA" {
  description = "ten"
}
