operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "shipping" {}
  }
}

account "ACCTB" {
  external   = true
  public_key = "ADO37ZFHCSCDSITEF6YBNEAGFIPQ5PBJ2VPVHOS3XFOFW2EUXOJTPODH"
}

share "shipping" {
  consumer = account.ACCTA.stream.ORDERS.consumer.shipping

  to "ACCTB" {
    expires = "90d"
  }
}
