operator "RETAIL" {}

account "ACCTA" {
  export "count" {
    service = "count"
  }
}

account "ACCTB" {
  export "count" {
    service = "count"
  }

  import "count" {
    from          = account.ACCTA
    service       = "count"
    local_subject = "count"
  }
}
