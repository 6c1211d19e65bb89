# Many plants write into one stream that is not theirs: each publishes the
# events of its own lines and gets the PubAck, so it knows what was stored. It
# can neither read the stream nor write as another plant.

operator "FACTORY" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

locals {
  plants = toset(["berlin", "lyon", "porto"])
}

account "HISTORIAN" {
  jetstream {
    disk = "50GiB"
  }

  stream "EVENTS" {
    subjects         = ["plant.*.line.*"]
    max_age          = "2y"
    max_bytes        = "40GiB"
    duplicate_window = "5m" # a plant that sends again with the same Nats-Msg-Id stores once
    deny_delete      = true
    deny_purge       = true

    consumer "ANALYSIS" {
      ack_wait = "1m"
    }
  }

  # Makes the stream and its consumer from generated/jetstream.
  user "deployer" {
    access { manage = [account.HISTORIAN.stream.EVENTS] }
  }

  user "analyst" {
    access { consume = [account.HISTORIAN.stream.EVENTS.consumer.ANALYSIS] }
  }
}

account "plant" {
  for_each = local.plants

  user "gateway" {
    access { shares = [share.ingest[each.key]] }
  }
}

# One share a plant, so that each gets its own subjects and no other's.
share "ingest" {
  for_each        = local.plants
  stream          = account.HISTORIAN.stream.EVENTS
  mode            = "publish"
  filter_subjects = ["plant.${each.key}.line.*"]

  to "plant" {
    account = account.plant[each.key]
  }
}
