operator "RETAIL" {}

account "ACCTA" {
  export "orders" {
    stream = "orders.>"
    public = true
  }
}

account "ACCTB" {
  import "orders" {
    stream = "orders.>"
  }
}
