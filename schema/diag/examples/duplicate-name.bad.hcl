operator "RETAIL" {}

account "ACCTA" {}

account "ACCTA" {}
