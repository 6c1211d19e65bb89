operator "O" {}

server { version = "2.9" }

account "A" {
  export "e" {
    service     = "s"
    public      = true
    allow_trace = true # ERROR min-server-version
  }
  export "f" {
    stream = "t"
    public = true
  }
  user "callout" {}
  auth_callout { users = ["callout"] } # ERROR min-server-version
}

account "B" {
  import "i" {
    from        = account.A
    stream      = "t"
    allow_trace = true # ERROR min-server-version
  }
}
