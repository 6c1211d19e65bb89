operator "RETAIL" {}

account "ACCTA" {
  users "order-service" {}
}
