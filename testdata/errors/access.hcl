operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
    consumer "C" {}
  }
  key_value "K" {}
  user "own" {
    access {
      publish = [account.A.stream.S, account.B.stream.T] # ERROR wrong-reference
      consume = [account.A.stream.S.consumer.C]
      shares  = [share.pull]                             # ERROR wrong-reference
      read    = [account.A.key_value.K]
      write   = [account.A.key_value.K]
      manage  = [account.A.stream.S, account.A.key_value.K]
    }
  }
}

account "B" {
  jetstream {}
  stream "T" {
    mirror { name = "M" }
  }
  user "u" {
    access {
      publish = [account.B.stream.T] # ERROR bad-value
      shares  = [
        share.pull,
        share.mirror, # WARNING unused-share-grant
      ]
    }
  }
}

share "pull" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
}

share "mirror" {
  stream = account.A.stream.S
  mode   = "mirror"
  to "B" {} # WARNING share-consumer-create
}
