operator "O" {}

account "A" {
  export "api" {
    service = "api"
  }
}

account "B" {
  import "api" {
    from   = account.A
    stream = "api" # ERROR import-type-mismatch
  }
}
