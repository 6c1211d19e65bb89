account "ACCTA" {}
