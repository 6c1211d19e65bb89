operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.*"]
    max_bytes = "1MiB"

    consumer "returns" {
      deliver_subject = "deliver.returns"
      deliver_group   = "workers"
      filter_subject  = "orders.return"
    }

    consumer "shipping" {
      deliver_subject = "deliver.shipping"
      deliver_group   = "workers"
      filter_subject  = "orders.new"
    }
  }
}

account "ACCTB" {}

account "ACCTC" {}

share "returns" {
  consumer = account.ACCTA.stream.ORDERS.consumer.returns

  to "ACCTB" {}
}

share "shipping" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTC" {}
}
