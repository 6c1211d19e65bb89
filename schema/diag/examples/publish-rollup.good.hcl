operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }
}

account "ACCTB" {}

share "orders" {
  stream = account.ACCTA.stream.ORDERS
  mode   = "publish"

  to "ACCTB" {}
}
