operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    max_bytes = "1MiB"
    subjects  = ["$JS.API.>"]
  }
}
