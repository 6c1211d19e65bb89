operator "RETAIL" {}

operator "WHOLESALE" {}

account "ACCTA" {}
