operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream = "orders.created"
  }
}

account "ACCTB" {
  import "orders" {
    from   = account.ACCTA
    stream = "orders.created"
  }
}
