operator "RETAIL" {}

account "ACCTA" {
  import "orders" {
    from    = account.ACCTB
    service = "orders.count"
  }
}

account "ACCTB" {
  export "orders" {
    service = "orders.count"
  }
}
