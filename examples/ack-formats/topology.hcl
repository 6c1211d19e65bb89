# nats-server has two formats of ack and flow-control subjects. It uses the
# first until its flag js_ack_fc_v2 is on, then the second, and grants of the
# first are of no more use. "both" grants both, so that the switch breaks nobody:
#
#   1. ack_format = "both"; build, deploy, hand new bundles to external importers
#   2. feature_flags = { js_ack_fc_v2 = true }; restart one server after the other
#   3. wait until no message of before can be under way: ack_wait x max_deliver
#   4. ack_format = "v2"; build, deploy
#
# jsc verify proves each share on a server with the flag and on one without.

operator "RIDES" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

server {
  ack_format = "both"

  # The second format names the domain, so a changed domain changes all acks.
  jetstream {
    domain = "hub"
  }
}

account "TRIPS" {
  jetstream {
    disk = "10GiB"
  }

  stream "TRIPS" {
    subjects  = ["trip.>"]
    max_age   = "1y"
    max_bytes = "8GiB"

    consumer "INVOICES" {
      filter_subject = "trip.ended.*"
      ack_wait       = "30s"
      max_deliver    = 10
    }

    consumer "SUPPORT" {
      deliver_subject = "deliver.support"
      deliver_group   = "support"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
  }

  # Makes the stream and its consumers from generated/jetstream.
  user "deployer" {
    access { manage = [account.TRIPS.stream.TRIPS] }
  }

  user "app" {
    access { publish = [account.TRIPS.stream.TRIPS] }
  }
}

account "INVOICES" {
  user "biller" {
    access { shares = [share.ended] }
  }
}

account "SUPPORT" {
  user "desk" {
    access { shares = [share.everything] }
  }
}

share "ended" {
  consumer = account.TRIPS.stream.TRIPS.consumer.INVOICES
  to "INVOICES" {}
}

share "everything" {
  consumer = account.TRIPS.stream.TRIPS.consumer.SUPPORT
  to "SUPPORT" {}
}
