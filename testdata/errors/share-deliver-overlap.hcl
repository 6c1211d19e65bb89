operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.*"]
    consumer "ONE" {
      deliver_subject = "d.importers"
    }
    consumer "OTHER" {
      deliver_subject = "d.importers" # ERROR share-deliver-overlap
    }

    # Nobody else is to have what this one delivers.
    consumer "INTERNAL" {
      deliver_subject = "d.internal"
      deliver_group   = "g"
    }
    consumer "SHARED" {
      deliver_subject = "d.internal" # ERROR share-deliver-overlap
      deliver_group   = "g"
    }

    # B and C have both.
    consumer "SAME" {
      deliver_subject = "d.same"
      ack_policy      = "none"
    }
    consumer "SAME2" {
      deliver_subject = "d.same"
      ack_policy      = "none"
    }
    # C has not.
    consumer "PART" {
      deliver_subject = "d.same" # ERROR share-deliver-overlap
      ack_policy      = "none"
    }

    # Each group gets what both deliver.
    consumer "GROUP1" {
      deliver_subject = "d.groups"
      deliver_group   = "g1"
    }
    consumer "GROUP2" {
      deliver_subject = "d.groups" # ERROR share-deliver-overlap
      deliver_group   = "g2"
    }

    consumer "FLOW1" {
      deliver_subject = "d.flow"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
    consumer "FLOW2" {
      deliver_subject = "d.flow" # ERROR share-deliver-overlap
      flow_control    = true
      idle_heartbeat  = "5s"
    }

    consumer "COPIED1" {
      deliver_subject = "d.copied"
      ack_policy      = "flow_control"
    }
    consumer "COPIED2" {
      deliver_subject = "d.copied" # ERROR share-deliver-overlap
      ack_policy      = "flow_control"
    }

    # Nobody imports these.
    consumer "OWN1" {
      deliver_subject = "d.own"
    }
    consumer "OWN2" {
      deliver_subject = "d.own"
    }
    consumer "PULLED" {}

    republish {
      dest = "d.{{wildcard(1)}}.x"
      src  = "s.*"
    }
  }
  stream "T" {
    republish {
      src  = "T"
      dest = "d.republished" # ERROR share-deliver-overlap
    }
    consumer "REPUBLISHED" {
      deliver_subject = "d.republished"
    }
  }
}

account "B" {
  jetstream {}
}
account "C" {}

share "b" {
  for_each = toset(["ONE", "SHARED", "SAME", "SAME2", "PART", "GROUP1", "GROUP2", "FLOW1", "FLOW2", "COPIED1", "COPIED2", "PULLED"])
  consumer = account.A.stream.S.consumer[each.key]
  to "B" {}
}

share "c" {
  for_each = toset(["OTHER", "SAME", "SAME2"])
  consumer = account.A.stream.S.consumer[each.key]
  to "C" {}
}

share "t" {
  consumer = account.A.stream.T.consumer.REPUBLISHED
  to "C" {}
}
