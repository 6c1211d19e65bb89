# The three ways to have a copy of another account's stream in a stream of
# one's own. In each the server copies; no client is involved.

operator "LOGISTICS" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "WAREHOUSE" {
  jetstream {
    disk = "20GiB"
  }

  stream "MOVES" {
    subjects  = ["move.*.*"] # move.<hall>.<kind>
    max_age   = "30d"
    max_bytes = "10GiB"

    # For the durable source. The copying server acknowledges by flow control,
    # and the position is kept here, so that nothing is lost or copied twice
    # when the other side is away. A consumer of its own for each importer.
    consumer "FINANCE" {
      deliver_subject = "deliver.finance"
      ack_policy      = "flow_control"
      filter_subject  = "move.*.out"
    }
  }

  # Makes the stream and its consumer from generated/jetstream.
  user "deployer" {
    access { manage = [account.WAREHOUSE.stream.MOVES] }
  }

  user "scanner" {
    access { publish = [account.WAREHOUSE.stream.MOVES] }
  }
}

# 1. A durable source: the least that sourcing can do with. FINANCE may
# position that one consumer and can create none. Needs nats-server 2.14.
share "moves-out" {
  consumer = account.WAREHOUSE.stream.MOVES.consumer.FINANCE
  to "FINANCE" {}
}

account "FINANCE" {
  jetstream {
    disk = "5GiB"
  }

  stream "SHIPPED" {
    max_bytes = "4GiB"
    source { share = share.moves-out }
  }

  user "deployer" {
    access { manage = [account.FINANCE.stream.SHIPPED] }
  }
}

# 2. A source: the importer's server creates the consumers it copies from, and
# whoever may do that can do more than copy (share-consumer-create). A stream
# with sources may have several, and subjects of its own besides.
share "moves" {
  stream          = account.WAREHOUSE.stream.MOVES
  mode            = "source"
  filter_subjects = ["move.north.*"]
  to "PLANNING" {}
}

account "PLANNING" {
  jetstream {
    disk = "5GiB"
  }

  stream "NORTH" {
    subjects  = ["plan.north"]
    max_bytes = "4GiB"
    source { share = share.moves }
  }

  user "deployer" {
    access { manage = [account.PLANNING.stream.NORTH] }
  }
}

# 3. A mirror: the same messages under the same sequences, and nothing else in
# that stream. Backups and readers' copies.
share "all-moves" {
  stream = account.WAREHOUSE.stream.MOVES
  mode   = "mirror"
  to "ARCHIVE" {}
}

account "ARCHIVE" {
  jetstream {
    disk = "100GiB"
  }

  stream "MOVES-COPY" {
    max_bytes = "80GiB"
    mirror { share = share.all-moves }
  }

  user "deployer" {
    access { manage = [account.ARCHIVE.stream.MOVES-COPY] }
  }
}
