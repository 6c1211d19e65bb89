operator "O" {}

account "A" {
  jetstream {}
  stream "S" {}
}

account "B" {}

account "C" {
  stream "T" {
    consumer "C" {}
  }
}

share "s" {
  stream = account.A.stream.S
  mode   = "source"
  to "b" { # WARNING share-consumer-create
    account = account.B # ERROR share-jetstream-off
  }
}

share "c" {
  consumer = account.C.stream.T.consumer.C # ERROR share-jetstream-off
  to "B" {}
}
