operator "RETAIL" {}

account "ACCTA" {
  description = "order​ service"
}
