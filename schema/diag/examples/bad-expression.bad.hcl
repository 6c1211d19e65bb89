operator "RETAIL" {}

account "ACCTA" {
  description = tonumber("ten")
}
