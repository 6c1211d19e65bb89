operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream = "orders.>"
    public = true
  }
}

account "ACCTB" {
  import "orders" {
    from   = account.ACCTA
    stream = "orders.>"
  }
}
