operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "partner" {}
  }
}

account "PARTNER" {
  external   = true
  public_key = "ADO37ZFHCSCDSITEF6YBNEAGFIPQ5PBJ2VPVHOS3XFOFW2EUXOJTPODH"
}

share "orders" {
  consumer = account.ACCTA.stream.ORDERS.consumer.partner
  expires  = "90d"

  to "PARTNER" {}
}
