operator "RETAIL" {}

account "ACCTA" {
  description = join(" ", ["order", "service"])
}
