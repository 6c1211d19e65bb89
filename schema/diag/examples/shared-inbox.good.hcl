operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  user "orders" {
    access {
      publish = [account.ACCTA.stream.ORDERS]
    }
  }

  user "billing" {
    access {
      publish = [account.ACCTA.stream.ORDERS]
    }
  }
}
