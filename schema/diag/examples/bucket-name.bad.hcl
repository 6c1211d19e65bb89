operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  key_value "prices.eu" {
    max_bytes = "1MiB"
  }
}
