operator "RETAIL" {}

account "ACCTA" {
  description = file("accta.txt")
}
