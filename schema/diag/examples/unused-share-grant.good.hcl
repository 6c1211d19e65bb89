operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {}
  }
}

account "ACCTB" {
  user "billing" {
    access {
      shares = [share.shipping]
    }
  }
}

share "shipping" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTB" {}
}
