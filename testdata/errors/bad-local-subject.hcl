operator "O" {}

account "A" {
  export "x" {
    service = "x.*.*"
  }
  export "y" {
    stream = "y.>"
  }
  export "z" {
    stream = "z.*"
  }
}

account "B" {
  import "swap" {
    from          = account.A
    service       = "x.*.*"
    local_subject = "a.$2.$1"
  }
  import "y" {
    from          = account.A
    stream        = "y.>"
    local_subject = "b" # ERROR bad-local-subject
  }
  import "z" {
    from          = account.A
    stream        = "z.*"
    local_subject = "b.$2" # ERROR bad-local-subject
  }
}
