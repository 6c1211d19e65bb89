operator "RETAIL" {}

account "ACCTA" {}

account "ACCTB" {
  mapping "v2.prices.*" {
    destination = "prices.$1"
  }
}

share "prices" {
  service = "prices.*"
  from    = account.ACCTA

  to "ACCTB" {}
}
