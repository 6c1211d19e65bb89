operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"
  }

  user "order-service" {
    access {
      publish = [account.ACCTA.stream.ORDERS]
    }
  }
}
