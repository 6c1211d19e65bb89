operator "RETAIL" {}

account "ACCTA" {
  export "info" {
    service = ".API.CONSUMER.INFO.ORDERS.shipping"
  }
}
