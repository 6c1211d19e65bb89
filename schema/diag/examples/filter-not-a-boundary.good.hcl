operator "RETAIL" {}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "1MiB"

    consumer "billing" {}
  }

  stream "ORDERS-EU" {
    max_bytes = "1MiB"

    source {
      name           = "ORDERS"
      filter_subject = "orders.eu.>"
    }
  }
}

account "PARTNER" {
  external   = true
  public_key = "ADO37ZFHCSCDSITEF6YBNEAGFIPQ5PBJ2VPVHOS3XFOFW2EUXOJTPODH"
}

share "orders-eu" {
  stream  = account.ACCTA.stream.ORDERS-EU
  expires = "90d"

  to "PARTNER" {
    trusted = true
  }
}
