operator "RETAIL" {}

account "ACCTA" {
  export "price" {
    service = "price"
  }
}

account "ACCTB" {
  import "price" {
    from          = account.ACCTA
    service       = "price"
    local_subject = "accta.price"
  }
}
