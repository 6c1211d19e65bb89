operator "RETAIL" {}

account "ACCTA" {}

account "ACCTB" {}

account "ACCTC" {}

share "prices" {
  subject = "prices.>"
  from    = account.ACCTA

  to "ACCTC" {}
}

share "prices-for-b" {
  subject = "prices.>"
  from    = account.ACCTA

  to "ACCTB" {}
}
