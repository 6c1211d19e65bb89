operator "RETAIL" {}

account "ACCTA" {
  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {}
  }
}

account "ACCTB" {}

share "shipping" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTB" {}
}
