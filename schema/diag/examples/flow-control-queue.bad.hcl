operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      deliver_subject = "deliver.shipping"
      deliver_group   = "shipping"
      flow_control    = true
      idle_heartbeat  = "5s"
    }
  }
}

account "ACCTB" {}

share "shipping" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTB" {}
}
