operator "RETAIL" {}

account "ACCTA" {
  description = file("../notes/accta.txt")
}
