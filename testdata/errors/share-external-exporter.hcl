operator "O" {}

account "X" {
  external   = true
  public_key = "AALQ4NVMV4KTFC34UNQYWKXUTOWDVHQTEE5DWWKS4ASKJ6SXADKGJQII"
}

account "B" {}

share "theirs" {
  subject = "x" # ERROR share-mode
  from    = account.X
  to "B" {}
}
