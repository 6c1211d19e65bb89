operator "RETAIL" {}

account "ACCTA" {
  export "all" {
    service  = "orders.>"
    response = "stream"
  }

  export "count" {
    service = "count.orders"
  }
}
