operator "O" {
  public_key = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA" # ERROR key-wrong-type
}

account "A" {
  public_key = "UBZECQLMVQ4JVDLYPAOWZSOWPP6ZGTR54KVUV3YIZXPQUKKACMKMJB3X" # ERROR key-wrong-type

  user "u" {
    public_key = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA" # ERROR key-wrong-type
  }
}

account "B" {
  public_key = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA"
}

account "C" {
  public_key = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA" # ERROR duplicate-name
}

account "D" {
  public_key = "a-key" # ERROR bad-value
}

account "E" {
  external = true
} # ERROR missing-attribute
