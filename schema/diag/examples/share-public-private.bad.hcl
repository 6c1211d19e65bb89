operator "RETAIL" {}

account "ACCTA" {}

account "ACCTB" {}

share "prices" {
  subject = "prices.>"
  from    = account.ACCTA
  public  = true
}

share "prices-for-b" {
  subject = "prices.>"
  from    = account.ACCTA

  to "ACCTB" {}
}
