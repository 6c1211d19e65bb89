operator "RETAIL" {}

account "ACCTA" {
  import "orders" {
    from    = account.ACCTB
    service = "orders.count"
    token   = "-----BEGIN USER NKEY SEED----- …"
  }
}

account "ACCTB" {
  export "orders" {
    service = "orders.count"
  }
}
