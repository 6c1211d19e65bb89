operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }
}

account "ACCTB" {
  jetstream {}

  stream "ORDERS" {
    max_bytes = "1MiB"

    mirror {
      share = share.orders
    }
  }
}

share "orders" {
  stream = account.ACCTA.stream.ORDERS
  mode   = "mirror"

  to "ACCTB" {}
}
