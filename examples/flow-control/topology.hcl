# A long history, pushed as fast as the receiver can take it: METERS delivers
# every reading to the one program of BILLING, and flow control keeps it from
# being flooded. jsc grants the flow-control subject; without it, delivery
# would stop for good after some 2 MiB, and tests with less data would pass.

operator "GRID" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "METERS" {
  jetstream {
    disk = "20GiB"
  }

  stream "READINGS" {
    subjects  = ["reading.*.*"] # reading.<region>.<meter>
    max_age   = "90d"
    max_bytes = "10GiB"

    # No deliver_group: one program reads all of it, in order. A second
    # subscriber would get every message too, with corrupted ack subjects, so
    # jsc warns (share-push-no-deliver-group). For several workers, take a pull
    # consumer.
    consumer "BILLING" {
      deliver_subject = "deliver.billing"
      flow_control    = true
      idle_heartbeat  = "5s"
      ack_policy      = "all"
      max_ack_pending = 10000
    }
  }

  # Makes the stream and its consumer from generated/jetstream.
  user "deployer" {
    access { manage = [account.METERS.stream.READINGS] }
  }

  user "gateway" {
    access { publish = [account.METERS.stream.READINGS] }
  }
}

account "BILLING" {
  user "ledger" {
    access { shares = [share.readings] }
  }
}

share "readings" {
  consumer = account.METERS.stream.READINGS.consumer.BILLING
  to "BILLING" {}
}
