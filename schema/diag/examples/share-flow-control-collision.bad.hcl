operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      deliver_subject = "deliver.a"
      ack_policy      = "none"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
  }
}

account "ACCTB" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      deliver_subject = "deliver.b"
      ack_policy      = "none"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
  }
}

account "ACCTC" {}

share "orders-a" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTC" {}
}

share "orders-b" {
  consumer = account.ACCTB.stream.ORDERS.consumer.shipping

  to "ACCTC" {}
}
