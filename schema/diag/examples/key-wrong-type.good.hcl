operator "RETAIL" {}

account "ACCTA" {
  external   = true
  public_key = "ADO37ZFHCSCDSITEF6YBNEAGFIPQ5PBJ2VPVHOS3XFOFW2EUXOJTPODH"
}
