# One account, one program a user, and each user may do its own task and
# nothing else. access lists what a user works with; jsc works out the subjects
# and denies the rest.

operator "CLINIC" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "LAB" {
  jetstream {
    disk = "10GiB"
  }

  stream "RESULTS" {
    subjects  = ["result.*"]
    max_age   = "1y"
    max_bytes = "8GiB"

    consumer "REPORTS" {
      ack_wait = "1m"
    }
  }

  key_value "PATIENTS" {
    max_bytes = "100MiB"
  }

  object_store "SCANS" {
    max_bytes = "1GiB"
  }

  # Publishes into RESULTS and gets the PubAck.
  user "analyzer" {
    access { publish = [account.LAB.stream.RESULTS] }
  }

  # Pulls from REPORTS and acknowledges; looks patients up.
  user "reporter" {
    access {
      consume = [account.LAB.stream.RESULTS.consumer.REPORTS]
      read    = [account.LAB.key_value.PATIENTS]
    }
  }

  # Writes patients and scans.
  user "reception" {
    access {
      write = [account.LAB.key_value.PATIENTS, account.LAB.object_store.SCANS]
    }
  }

  # Creates, changes, empties and removes the stream and its consumers, for 30
  # days and from inside only. It cannot consume, and buckets are not its own.
  user "deployer" {
    expires         = "30d"
    source_networks = ["10.20.0.0/16", "127.0.0.0/8"]
    access { manage = [account.LAB.stream.RESULTS] }
  }

  # The same for the buckets.
  user "storekeeper" {
    access { manage = [account.LAB.key_value.PATIENTS, account.LAB.object_store.SCANS] }
  }

  # Several clients of one kind: a scoped signing key holds what they may do,
  # and a change of it needs no new credentials.
  signing_key "monitors" {
    role {
      publish { deny = [">"] }
      subscribe { allow = ["alarm.>"] }
    }
  }

  user "wall-display" {
    signing_key = "monitors"
  }
}
