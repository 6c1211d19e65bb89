operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {
      deliver_subject = "deliver.shipping"
      deliver_group   = "shipping"
    }
  }
}

account "ACCTB" {}

share "shipping" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTB" {}
}
