operator "RETAIL" {}

account "ACCTA" {
  external   = true
  public_key = "UCKPQM7IH7H3BOXXE6REFB77KTRE2MFRVWKTZSOL3FPSFOXYIXBVCSNW"
}
