operator "RETAIL" {}

account "ACCTA" {
  export "price" {
    service = "a.price"
  }
}

account "ACCTB" {
  export "price" {
    service = "b.price"
  }
}

account "ACCTC" {
  import "price-a" {
    from          = account.ACCTA
    service       = "a.price"
    local_subject = "price"
  }

  import "price-b" {
    from          = account.ACCTB
    service       = "b.price"
    local_subject = "price"
  }
}
