operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
    no_ack   = true
    consumer "FLOW" {
      deliver_subject = "d.flow"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
    consumer "PLAIN" {
      deliver_subject = "d.plain"
    }
    consumer "COPIED" {
      deliver_subject = "d.copied"
      ack_policy      = "flow_control"
    }
  }
}

account "B" {
  jetstream {}
}

# The message is stored, and nobody says so.
share "publish" {
  stream = account.A.stream.S # WARNING share-mode
  mode   = "publish"
  to "B" {}
}

# Clients answer flow control when they are bound to the consumer.
share "flow" {
  consumer = account.A.stream.S.consumer.FLOW
  info     = false # WARNING share-mode
  to "B" {}
}

share "plain" {
  consumer = account.A.stream.S.consumer.PLAIN
  info     = false
  to "B" {}
}

share "copied" {
  consumer = account.A.stream.S.consumer.COPIED
  to "B" {}
}
