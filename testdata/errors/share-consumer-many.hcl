operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {}
    consumer "D" {}
    consumer "P" {
      deliver_subject = "deliver.s"
      ack_policy      = "none"
    }
  }
}

account "B" {}
account "C" {}

share "one" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
}

share "other" {
  consumer = account.A.stream.S.consumer.C
  to "C" {} # ERROR share-consumer-many
}

share "competing" {
  consumer  = account.A.stream.S.consumer.D
  competing = true
  to "B" {}
  to "C" {}
}

# Nothing is acknowledged, so nothing can be taken away.
share "copies" {
  consumer = account.A.stream.S.consumer.P
  to "B" {}
  to "C" {}
}
