operator "O" {}

account "A" {
  jetstream {}
  stream "SA" {
    consumer "C" {
      deliver_subject = "d.copied"
      ack_policy      = "flow_control"
    }
    consumer "OTHER" {
      deliver_subject = "d.other"
      ack_policy      = "flow_control"
    }
    consumer "PUSH" {
      deliver_subject = "d.push"
    }
    consumer "ALONE" {
      deliver_subject = "d.alone"
      ack_policy      = "flow_control"
    }
  }
  export "news" {
    stream = "news"
  }
}

account "A2" {
  jetstream {}
  stream "SA2" {
    consumer "C" {
      deliver_subject = "d.copied"
      ack_policy      = "flow_control"
    }
    consumer "PUSH" {
      deliver_subject = "d.push"
    }
  }
}

account "B" {
  jetstream {}
  stream "OWN" {
    consumer "PUSH" {
      deliver_subject = "own.pushed"
    }
    republish {
      dest = "own.republished.>"
    }
  }
  stream "COPY" {
    source { share = share.c }
    source { share = share.c2 }
    source { share = share.other }
  }
  import "news" {
    from          = account.A
    stream        = "news"
    local_subject = "d.copied"
  }
}

share "c" {
  consumer = account.A.stream.SA.consumer.C
  to "B" {} # ERROR import-collision
}

share "c2" {
  consumer = account.A2.stream.SA2.consumer.C
  to "B" {} # ERROR import-collision
}

share "other" {
  consumer = account.A.stream.SA.consumer.OTHER
  to "B" {
    local_subject = "own.pushed" # ERROR import-collision
  }
}

share "alone" {
  consumer = account.A.stream.SA.consumer.ALONE
  to "B" {
    local_subject = "own.republished.x" # ERROR import-collision
  }
}

# What clients get may come from several.
share "push" {
  consumer = account.A.stream.SA.consumer.PUSH
  to "B" {}
}

share "push2" {
  consumer = account.A2.stream.SA2.consumer.PUSH
  to "B" {}
}
