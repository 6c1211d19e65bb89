# A share of every kind, in the variants that explanations tell apart.
operator "O" {}

account "A" {
  jetstream {}

  stream "S" {
    subjects = ["s.>"]

    consumer "PUSH" {
      deliver_subject = "deliver.push"
      deliver_group   = "workers"
    }

    consumer "ALONE" {
      deliver_subject = "deliver.alone"
      ack_policy      = "none"
    }

    consumer "MOVED" {
      deliver_subject = "deliver.moved"
      deliver_group   = "workers"
    }

    consumer "FLOW" {
      deliver_subject = "deliver.flow"
      deliver_group   = "workers"
      flow_control    = true
      idle_heartbeat  = "5s"
    }

    consumer "PULL" {}

    consumer "SILENT" {
      ack_policy = "none"
    }

    consumer "COMPETE" {}

    consumer "OUTSIDE" {}

    consumer "BOUND" {
      max_batch   = 3
      max_expires = "1500ms"
    }

    consumer "GROUPED" {
      priority_policy = "overflow"
      priority_groups = ["g", "h"]
      max_expires     = "20s"
    }

    consumer "BOUND-BLIND" {
      max_batch   = 3
      max_expires = "1500ms"
    }

    consumer "GROUPED-BLIND" {
      priority_policy = "overflow"
      priority_groups = ["g", "h"]
    }

    consumer "DURABLE-OUT" {
      deliver_subject = "deliver.out"
      ack_policy      = "flow_control"
    }

    consumer "DURABLE" {
      deliver_subject = "deliver.durable"
      ack_policy      = "flow_control"
    }
  }

  stream "R" {
    subjects     = ["r.*.>"]
    allow_direct = true
  }

  stream "IN" {
    subjects = ["in.>"]
  }

  key_value "K" {}

  key_value "T" {}

  object_store "O" {}

  user "own" {
    access {
      publish = [account.A.stream.S]
      consume = [account.A.stream.S.consumer.PULL]
      write   = [account.A.key_value.K]
      manage  = [account.A.object_store.O]
    }
  }
}

account "B" {
  jetstream {}

  user "u" {
    access { shares = [share.pushed, share.read, share.kv-read, share.object-read] }
  }

  user "free" {}
  user "anyhow" { connection_types = ["STANDARD", "WEBSOCKET", "IN_PROCESS", "LEAFNODE", "LEAFNODE_WS", "MQTT", "MQTT_WS"] }

  stream "COPIED" {
    source { share = share.copied }
  }
}

account "B2" {
  jetstream {}
}

account "B3" {}

account "B4" {}

account "C" {
  external   = true
  public_key = "AAYQM3KCAR2G35SEJGWBWEYIYZQZJGXXCJ5XP3VNMA6KK3P6EW34QDEG"
}

share "pushed" {
  consumer = account.A.stream.S.consumer.PUSH
  to "B" {}
}

share "alone" {
  consumer = account.A.stream.S.consumer.ALONE
  to "B" {}
}

share "moved" {
  consumer = account.A.stream.S.consumer.MOVED
  to "B" { local_subject = "orders.moved" }
}

share "flowing" {
  consumer = account.A.stream.S.consumer.FLOW
  to "B" {}
}

share "pulled" {
  consumer = account.A.stream.S.consumer.PULL
  to "B" {}
}

share "silent" {
  consumer = account.A.stream.S.consumer.SILENT
  info     = false
  to "B" {}
}

share "competing" {
  consumer  = account.A.stream.S.consumer.COMPETE
  competing = true
  to "B" {}
  to "C" {}
}

share "outside" {
  consumer = account.A.stream.S.consumer.OUTSIDE
  expires  = "30d"
  to "C" {}
}

share "durable" {
  consumer = account.A.stream.S.consumer.DURABLE
  to "B" {}
}

share "durable-out" {
  consumer = account.A.stream.S.consumer.DURABLE-OUT
  to "C" {}
}

share "read" {
  stream = account.A.stream.R
  to "B" {}
}

share "filtered" {
  stream          = account.A.stream.R
  filter_subjects = ["r.eu.>"]
  to "B2" {}
}

share "in" {
  stream = account.A.stream.IN
  mode   = "publish"
  to "B" {}
}

share "copied" {
  stream = account.A.stream.R
  mode   = "source"
  to "B" { api_prefix = "COPIED.API" }
}

share "mirrored" {
  stream = account.A.stream.R
  mode   = "mirror"
  to "B2" { api_prefix = "MIRRORED.API" }

  to "C" { trusted = true }
}

share "kv-read" {
  key_value = account.A.key_value.K
  to "B" {}
}

share "kv-narrow" {
  key_value       = account.A.key_value.K
  filter_subjects = ["eu.>"]
  to "B2" {}
}

share "kv-look-up" {
  key_value = account.A.key_value.K
  watch     = false
  to "B3" {}
}

share "kv-write" {
  key_value = account.A.key_value.K
  mode      = "write"
  to "B4" {}
}

share "object-read" {
  object_store = account.A.object_store.O
  to "B" {}
}

share "object-look-up" {
  object_store = account.A.object_store.O
  watch        = false
  to "B3" {}
}

share "object-write" {
  object_store = account.A.object_store.O
  mode         = "write"
  to "B4" {}
}

share "news" {
  from    = account.A
  subject = "news.>"
  public  = true
  to "B" { local_subject = "a.news.>" }
}

share "ask" {
  from    = account.A
  service = "ask.*"
  to "B" { local_subject = "a.ask.$1" }
}

share "many" {
  from     = account.A
  service  = "many"
  response = "stream"
  to "B" {}
}

share "trusted" {
  key_value = account.A.key_value.T
  mode      = "write"
  to "B" {
    api_prefix = "TRUSTED.API"
    trusted    = true
  }
}

share "bound" {
  consumer = account.A.stream.S.consumer.BOUND
  to "B" {}
}

share "grouped" {
  consumer = account.A.stream.S.consumer.GROUPED
  to "B" {}
}

share "bound-blind" {
  consumer = account.A.stream.S.consumer.BOUND-BLIND
  info     = false
  to "C" {}
}

share "grouped-blind" {
  consumer = account.A.stream.S.consumer.GROUPED-BLIND
  info     = false
  to "C" {}
}
