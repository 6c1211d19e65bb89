operator "RETAIL" {
  signing_key "2026" {}
}

account "PARTNER" {
  external   = true
  public_key = "ADO37ZFHCSCDSITEF6YBNEAGFIPQ5PBJ2VPVHOS3XFOFW2EUXOJTPODH"

  user "app" {}
}
