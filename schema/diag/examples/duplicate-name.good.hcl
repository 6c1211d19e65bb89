operator "RETAIL" {}

account "ACCTA" {}

account "ACCTB" {}
