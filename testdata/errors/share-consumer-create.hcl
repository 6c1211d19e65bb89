operator "O" {}

account "A" {
  jetstream {}
  stream "S" {}
  stream "T" {}
  stream "U" {}
  key_value "K" {}
  key_value "L" {}
}

account "B" {
  jetstream {}
}

account "X" {
  external   = true
  public_key = "AALQ4NVMV4KTFC34UNQYWKXUTOWDVHQTEE5DWWKS4ASKJ6SXADKGJQII"
}

share "read" {
  stream = account.A.stream.S
  to "B" {} # WARNING share-consumer-create
  to "X" {} # ERROR share-consumer-create
}

share "trusted" {
  stream = account.A.stream.T
  mode   = "source"
  to "X" { # WARNING share-consumer-create
    trusted = true
  }
}

share "open" {
  stream = account.A.stream.U
  public = true # ERROR share-consumer-create
}

# Without watch, the default for an external importer, no consumer is made.
share "kv" {
  key_value = account.A.key_value.K
  to "X" {}
}

share "watched" {
  key_value = account.A.key_value.L
  watch     = true
  to "X" {} # ERROR share-consumer-create
}
