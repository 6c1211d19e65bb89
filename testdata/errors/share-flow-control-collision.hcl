operator "O" {}

account "A" {
  jetstream {}
  stream "S" {}
}

account "B" {
  jetstream {}
  stream "S" {}
}

account "C" {
  jetstream {}
  stream "ALL" {
    source { share = share.a }
    source { share = share.b }
  }
}

share "a" {
  stream = account.A.stream.S
  mode   = "source"
  to "C" {} # WARNING share-consumer-create
}

share "b" {
  stream = account.B.stream.S
  mode   = "source"
  to "c" { # ERROR share-flow-control-collision # WARNING share-consumer-create
    account = account.C
  }
}
