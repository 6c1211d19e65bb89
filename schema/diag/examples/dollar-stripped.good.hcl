operator "RETAIL" {}

account "ACCTA" {
  export "info" {
    service = "$JS.API.CONSUMER.INFO.ORDERS.shipping"
  }
}
