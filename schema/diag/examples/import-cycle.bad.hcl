operator "RETAIL" {}

account "ACCTA" {
  export "count" {
    service = "count"
  }

  import "count" {
    from          = account.ACCTB
    service       = "count"
    local_subject = "count"
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
