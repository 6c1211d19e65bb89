operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
  }
  object_store "F" {}
}

account "B" {}

share "gets" {
  stream          = account.A.stream.S
  filter_subjects = ["s.a"] # WARNING unused-share-grant
  to "B" {}                 # WARNING share-consumer-create
}

share "objects" {
  object_store = account.A.object_store.F
  watch        = false
  to "B" {} # WARNING share-mode
}

account "Q" {
  jetstream {}
  stream "Q" {
    subjects  = ["q.>"]
    retention = "workqueue"
  }
}

share "queue" { # WARNING unused-share-grant
  stream = account.Q.stream.Q
  to "B" {} # WARNING share-consumer-create
}
