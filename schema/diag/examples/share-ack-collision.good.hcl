operator "RETAIL" {}

server {
  ack_format = "v2"
}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {}
  }
}

account "ACCTB" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {}
  }
}

account "ACCTC" {}

share "orders-a" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTC" {}
}

share "orders-b" {
  consumer = account.ACCTB.stream.ORDERS.consumer.shipping

  to "ACCTC" {}
}
