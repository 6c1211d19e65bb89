operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "billing" {}
  }
}

account "ACCTB" {}

share "orders" {
  stream = account.ACCTA.stream.ORDERS

  to "ACCTB" {}
}
