operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {
      deliver_subject = "deliver.a"
      deliver_group   = "g"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
    consumer "N" {
      ack_policy = "none"
    }
  }
}

account "B" {
  jetstream {}
  stream "S" {
    consumer "C" {
      deliver_subject = "deliver.b"
      deliver_group   = "g"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
    consumer "N" {}
  }
}

account "C" {
  jetstream {}
  stream "S" {
    consumer "C" {}
  }
}

account "D" {}

share "a" {
  consumer = account.A.stream.S.consumer.C
  to "D" {}
}

# Its flow control meets too, of which no more is said.
share "b" {
  consumer = account.B.stream.S.consumer.C
  to "D" {} # ERROR share-ack-collision
}

share "own" {
  consumer = account.C.stream.S.consumer.C
  to "A" {} # ERROR share-ack-collision
}

# Nobody acknowledges what it delivers.
share "none" {
  consumer = account.A.stream.S.consumer.N
  to "B" {}
}

account "E" {
  jetstream {}
  stream "T" {
    consumer "C" {}
  }
}

account "F" {
  jetstream {}
  stream "T" {
    consumer "C" {
      ack_policy = "none"
    }
  }
}

# Nor does anybody what the importer's own delivers.
share "quiet" {
  consumer = account.E.stream.T.consumer.C
  to "F" {}
}
