operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream = "orders.created"

    latency {
      sampling = "headers"
      results  = "latency.orders"
    }
  }
}
