operator "RETAIL" {}

server {
  version = "2.12"
}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects     = ["orders.>"]
    max_bytes    = "1MiB"
    allow_atomic = true
  }
}
