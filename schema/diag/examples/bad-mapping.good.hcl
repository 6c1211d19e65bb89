operator "RETAIL" {}

account "ACCTA" {
  mapping "orders.*" {
    destination = "v1.orders.$1"
  }
}
