operator "RETAIL" {}

account "ACCTA" {
  mapping "orders.old" {
    destination = "orders.new"
  }
}
