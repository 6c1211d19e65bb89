operator "O" {}

account "A" {
  jetstream {}
  stream "S" {}
}

account "B" {
  import "x" {
    from   = account.A.stream.S # ERROR wrong-reference
    stream = "x"
  }

  user "u" {
    access { publish = [account.A] } # ERROR wrong-reference
  }
}
