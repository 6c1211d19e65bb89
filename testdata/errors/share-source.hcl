operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
    consumer "C" {}
  }
  stream "T" {
    subjects = ["t.>"]
  }
}

account "B" {
  jetstream {}
  stream "M" {
    mirror { share = share.source } # ERROR share-mode
  }
  stream "N" {
    mirror { share = share.pull } # ERROR share-mode
  }
  stream "F" {
    source {
      share          = share.source
      filter_subject = "s.a" # ERROR share-mode
    }
  }
  stream "G" {
    source {
      share          = share.filtered
      filter_subject = "t.a.b"
    }
  }
  stream "I" {
    source {
      share          = share.filtered
      filter_subject = "t.b.a" # ERROR share-mode
    }
  }
  stream "J" {
    source {
      share          = share.filtered
      filter_subject = "t.>" # ERROR share-mode
    }
  }
  stream "H" {
    source { share = share.elsewhere } # ERROR wrong-reference
  }
}

account "C" {
  jetstream {}
}

share "source" {
  stream = account.A.stream.S
  mode   = "source"
  to "B" {} # WARNING share-consumer-create
}

share "filtered" {
  stream          = account.A.stream.T
  mode            = "source"
  filter_subjects = ["t.a.*"]
  to "B" {} # WARNING share-consumer-create
}

share "pull" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
}

share "elsewhere" {
  stream = account.A.stream.S
  mode   = "source"
  to "C" {} # WARNING share-consumer-create
}
