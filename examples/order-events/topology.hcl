# ACCTA owns the order events; ACCTB receives and acknowledges them through
# the push consumer ORDEREVENTS-C1. Nothing else crosses between the two.

operator "RETAIL" {
  system_account = "SYS"

  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

server {
  jetstream {
    domain = "ngs"
  }
}

account "ACCTA" {
  description = "order service"

  jetstream {
    disk    = "1GiB"
    streams = 10
  }

  stream "ORDEREVENTS" {
    subjects         = ["retail.v1.order.>"]
    max_bytes        = "1MiB"
    max_age          = "365d"
    duplicate_window = "2m"

    consumer "ORDEREVENTS-C1" {
      deliver_subject = "deliver.retail.v1.order.events"
      deliver_group   = "order-processor"
      ack_policy      = "explicit"
      ack_wait        = "30s"
      max_ack_pending = 100
    }
  }

  # Publishes into ORDEREVENTS and can do nothing else.
  user "order-service" {
    access { publish = [account.ACCTA.stream.ORDEREVENTS] }
  }
}

account "ACCTB" {
  # Receives and acknowledges what the share brings and can do nothing else.
  user "fulfillment" {
    access { shares = [share.order-events] }
  }
}

share "order-events" {
  consumer = account.ACCTA.stream.ORDEREVENTS.consumer.ORDEREVENTS-C1

  to "ACCTB" {
    api_prefix = "ACCTA.API"
  }
}
