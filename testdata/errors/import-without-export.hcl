operator "O" {}

account "A" {
  export "api" {
    service = "api.>"
  }
  export "own" {
    stream                 = "events.*.>"
    public                 = true
    account_token_position = 2
  }
}

account "B" {
  import "fine" {
    from    = account.A
    service = "api.orders"
  }
  import "missing" {
    from    = account.A
    service = "apis.orders" # ERROR import-without-export
  }
  import "wider" {
    from    = account.A
    service = ">" # ERROR reserved-local-subject import-without-export
  }
  import "mine" {
    from   = account.A
    stream = "events.${account.B.public_key}.>"
  }
  import "theirs" {
    from   = account.A
    stream = "events.${account.A.public_key}.>" # ERROR import-without-export
  }
}
