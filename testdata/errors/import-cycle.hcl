operator "O" {}

account "A" {
  export "x" {
    stream = "x.>"
  }
  import "x" { # ERROR import-cycle
    from   = account.B
    stream = "x.>"
  }
}

account "B" {
  export "x" {
    stream = "x.>"
  }
  import "x" {
    from   = account.A
    stream = "x.>"
  }
}
