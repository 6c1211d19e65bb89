operator "RETAIL" {}

account "ACCTA" {
  mapping "orders.old" {
    destination = "orders.new"
  }

  mapping "orders.new" {
    destination = "orders.old"
  }
}
