operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "latest" {
      deliver_policy = "by_start_sequence"
      opt_start_seq  = 1000
    }
  }
}
