operator "O" {}

account "A" {
  export "private" {
    service                = "a.*"
    account_token_position = 2 # WARNING over-grant
  }
  export "public" {
    service                = "b.*"
    account_token_position = 2
    public                 = true
  }
  export "stream" {
    stream                 = "c.*.>"
    account_token_position = 2 # WARNING over-grant
  }
}

account "B" {}

share "private" {
  service                = "d.*"
  from                   = account.A
  account_token_position = 2 # WARNING over-grant
  to "B" {}
}
