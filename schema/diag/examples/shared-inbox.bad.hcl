operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  user "orders" {
    inbox_prefix = "_INBOX"

    access {
      publish = [account.ACCTA.stream.ORDERS]
    }
  }

  user "billing" {
    inbox_prefix = "_INBOX"

    access {
      publish = [account.ACCTA.stream.ORDERS]
    }
  }
}
