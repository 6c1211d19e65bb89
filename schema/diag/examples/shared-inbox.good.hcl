operator "RETAIL" {}

account "ACCTA" {
  user "orders" {
    access {}
  }

  user "billing" {
    access {}
  }
}
