operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream   = "orders.created"
    response = "stream"
  }
}
