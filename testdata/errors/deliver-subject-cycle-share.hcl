operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>", "deliver.>"]
  }
  stream "T" {
    subjects = ["t.>"]
  }
}

account "B" {
  jetstream {}
}

share "s" {
  stream = account.A.stream.T
  mode   = "source"
  to "B" {} # WARNING share-consumer-create # ERROR deliver-subject-cycle
}
