operator "RETAIL" {}

account "ACCTB" {
  jetstream {}

  stream "ORDERS" {
    max_bytes = "1MiB"

    mirror {
      name = "ORDERS"

      external {
        api     = "$JS.API"
        deliver = "deliver.orders"
      }
    }
  }
}
