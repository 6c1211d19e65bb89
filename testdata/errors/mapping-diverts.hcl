operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["in.*", "also.in.*"]
    consumer "PULL" {}
    consumer "PUSH" {
      deliver_subject = "deliver.s"
    }
  }

  # What importers publish into the stream goes elsewhere.
  mapping "in.*" { # WARNING mapping-diverts
    destination = "out.$1"
  }
  mapping "also.in.*" {
    destination = "in.$1"
  }
  mapping "news.>" { # WARNING mapping-diverts
    destination = "v2.news.>"
  }
  # Whoever answers may listen there.
  mapping "ask" {
    destination = "v2.ask"
  }
  # A consumer's deliveries are not mapped.
  mapping "deliver.s" {
    destination = "elsewhere"
  }
}

account "B" {
  mapping "ask" { # WARNING mapping-diverts
    destination = "own.ask"
  }
  mapping "A.API.>" { # WARNING mapping-diverts
    to "elsewhere.>" {
      weight = 60
    }
    to "other.>" {
      weight = 40
    }
  }
  # A part is meant to go elsewhere.
  mapping "in.special" {
    destination = "special"
  }
  mapping "also.in.*" {
    to "canary.$1" {
      weight = 10
    }
  }
}

share "publish" {
  stream = account.A.stream.S
  mode   = "publish"
  to "B" {}
}

share "pull" {
  consumer = account.A.stream.S.consumer.PULL
  to "B" {}
}

share "push" {
  consumer = account.A.stream.S.consumer.PUSH
  to "B" {}
}

share "news" {
  subject = "news.>"
  from    = account.A
  to "B" {}
}

share "ask" {
  service = "ask"
  from    = account.A
  to "B" {}
}
