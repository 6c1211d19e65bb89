operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  key_value "prices" {
    max_bytes = "1MiB"
    history   = 100
  }
}
