operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream = "orders.created"
  }

  import "orders" {
    from   = account.ACCTA
    stream = "orders.created"
  }
}
