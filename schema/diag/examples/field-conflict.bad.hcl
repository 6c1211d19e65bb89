operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects          = ["orders.>"]
    max_bytes         = "1MiB"
    deny_purge        = true
    allow_rollup_hdrs = true
  }
}
