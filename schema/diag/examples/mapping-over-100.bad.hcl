operator "RETAIL" {}

account "ACCTA" {
  mapping "orders" {
    to "orders.blue" {
      weight = 80
    }

    to "orders.green" {
      weight = 30
    }
  }
}
