operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream = "orders.created"
  }
}

account "ACCTB" {
  limits {
    imports = 0
  }

  import "orders" {
    from   = account.ACCTA
    stream = "orders.created"
  }
}
