operator "RETAIL" {}

account "ACCTA" {}
