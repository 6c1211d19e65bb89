operator "RETAIL" {}

account "ACCTA" {
  user "order-service" {}
}
