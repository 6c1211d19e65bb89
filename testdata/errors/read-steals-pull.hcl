operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {}
  }
  stream "T" {
    subjects = ["t"]
    consumer "P" {
      deliver_subject = "deliver.t"
      deliver_group   = "g"
    }
  }
}

account "B" {}

share "s" {
  stream = account.A.stream.S # ERROR read-steals-pull
  to "B" {}                   # WARNING share-consumer-create
}

share "t" {
  stream = account.A.stream.T
  to "B" {} # WARNING share-consumer-create
}
