operator "RETAIL" {}

account "ACCTA" {
  limits {
    exports = 2
  }

  export "created" {
    stream = "orders.created"
  }

  export "shipped" {
    stream = "orders.shipped"
  }
}
