operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "billing" {}
  }

  stream "ORDERS-READ" {
    max_bytes = "1MiB"

    mirror {
      name = "ORDERS"
    }
  }
}

account "ACCTB" {}

share "orders" {
  stream = account.ACCTA.stream.ORDERS-READ

  to "ACCTB" {}
}
