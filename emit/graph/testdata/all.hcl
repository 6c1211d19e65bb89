# Something of everything that a picture shows.
operator "O" {}

account "A" {
  jetstream {}

  stream "ORDERS" {
    subjects     = ["orders.>"]
    allow_direct = true

    consumer "pushed" {
      deliver_subject = "deliver.orders"
      deliver_group   = "workers"
    }

    consumer "pulled" {}
  }

  stream "COPY" {
    mirror { name = "ORDERS" }
  }

  key_value "CONFIG" {}

  object_store "FILES" {}

  export "raw" { stream = "raw.>" }
}

account "B" {
  jetstream {}

  stream "HERE" {
    source { share = share.copied }
  }

  import "raw" {
    from          = account.A
    stream        = "raw.>"
    local_subject = "a.raw.>"
  }
}

account "C" {
  external   = true
  public_key = "AAYQM3KCAR2G35SEJGWBWEYIYZQZJGXXCJ5XP3VNMA6KK3P6EW34QDEG"
}

share "copied" {
  stream = account.A.stream.ORDERS
  mode   = "source"
  to "B" {}
}

share "pushed" {
  consumer = account.A.stream.ORDERS.consumer.pushed
  to "B" {}
}

share "pulled" {
  consumer = account.A.stream.ORDERS.consumer.pulled
  to "C" {}
}

share "config" {
  key_value = account.A.key_value.CONFIG
  to "B" {}
}

share "files" {
  object_store = account.A.object_store.FILES
  mode         = "write"
  to "B" {}
}

share "news" {
  from    = account.A
  subject = "news.>"
  public  = true
}

share "ask" {
  from    = account.A
  service = "ask"
  to "B" { local_subject = "a.ask" }
}
