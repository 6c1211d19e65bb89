operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {}
  }
}

account "B" {}

account "X" {
  external = true
}

share "self" {
  consumer = account.A.stream.S.consumer.C
  to "A" {} # ERROR share-to-self
}

share "nobody" { # ERROR share-without-target
  subject = "n"
  from    = account.A
}

share "nowhere" {
  subject = "w"
  from    = account.A
  to "C" {} # ERROR share-target-missing
}

share "twice" {
  subject = "t"
  from    = account.A
  to "B" {}
  to "again" { # ERROR duplicate-name
    account = account.B
  }
}

share "keyless" {
  subject = "k"
  from    = account.A
  to "X" {} # ERROR share-external-needs-key
}
