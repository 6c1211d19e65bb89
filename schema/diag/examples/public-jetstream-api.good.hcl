operator "RETAIL" {}

account "ACCTA" {
  export "info" {
    service = "$JS.API.STREAM.INFO.ORDERS"
  }
}
