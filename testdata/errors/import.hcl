operator "O" {}

account "A" {
  export "a" {
    service = "a"
  }
  export "b" {
    stream = "b"
  }
}

account "X" {
  external   = true
  public_key = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA"
  export "p" {
    service = "p"
  }
}

account "Y" {
  external   = true
  public_key = "AAX7RRJJZJGV4SNJLOZLOSSNREKE2NES545KZDP6PFVS7E2ZVRY5DARU"
}

account "B" {
  import "a" {
    from        = account.A
    service     = "a"
    allow_trace = true # ERROR field-requires
  }
  import "b" {
    from   = account.A
    stream = "b"
    share  = true # ERROR field-requires
  }
  import "p" {
    from    = account.X
    service = "p"
  } # ERROR missing-attribute
  import "y" {
    from    = account.Y
    service = "y"
  }
  import "token" {
    from    = account.Y
    service = "z"
    token   = "not a token" # ERROR bad-value
  }
}
