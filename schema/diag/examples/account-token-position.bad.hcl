operator "RETAIL" {}

account "ACCTA" {
  export "count" {
    service                = "orders.*.count"
    account_token_position = 3
  }
}
