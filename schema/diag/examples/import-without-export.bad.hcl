operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream = "orders.shipped"
  }
}

account "ACCTB" {
  import "orders" {
    from   = account.ACCTA
    stream = "orders.created"
  }
}
