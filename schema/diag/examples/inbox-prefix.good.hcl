operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  key_value "prices" {
    max_bytes = "1MiB"
  }
}

account "ACCTB" {}

share "prices" {
  key_value = account.ACCTA.key_value.prices

  to "ACCTB" {
    inbox_prefix = "_INBOX_ACCTB"
  }
}
