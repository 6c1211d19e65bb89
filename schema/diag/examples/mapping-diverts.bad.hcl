operator "RETAIL" {}

account "ACCTA" {}

account "ACCTB" {
  mapping "prices.*" {
    destination = "v2.prices.$1"
  }
}

share "prices" {
  service = "prices.*"
  from    = account.ACCTA

  to "ACCTB" {}
}
