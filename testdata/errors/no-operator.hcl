account "A" {} # ERROR no-operator

account "B" {}

account "C" {
  external   = true
  public_key = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA"
}
