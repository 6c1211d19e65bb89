operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {}
    consumer "D" {}
    consumer "E" {}
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

# All shares of a consumer must say that they compete.
share "some" {
  consumer  = account.A.stream.S.consumer.E
  competing = true
  to "B" {}
}

share "rest" {
  consumer = account.A.stream.S.consumer.E
  to "C" {} # ERROR share-consumer-many
}

# Nothing is acknowledged, so nothing can be taken away.
share "copies" {
  consumer = account.A.stream.S.consumer.P
  to "B" {}
  to "C" {}
}
