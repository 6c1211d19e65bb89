operator "RETAIL" {}

account "ACCTA" {
  limits {
    wildcard_exports = false
  }

  export "orders" {
    stream = "orders.*"
  }
}
