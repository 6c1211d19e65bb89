operator "RETAIL" {}

account "ACCTA" {
  limits {
    exports = 1
  }

  export "created" {
    stream = "orders.created"
  }

  export "shipped" {
    stream = "orders.shipped"
  }
}
