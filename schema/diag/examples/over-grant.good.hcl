operator "RETAIL" {}

account "ACCTA" {
  export "api" {
    service = "$JS.API.STREAM.INFO.ORDERS"
  }
}
