operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {}
  }
}

account "ACCTB" {}

account "ACCTC" {}

share "shipping" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  # Each order goes to one of the two.
  competing = true

  to "ACCTB" {}

  to "ACCTC" {}
}
