operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects     = ["s.>"]
    allow_direct = true
    consumer "C" {}
  }
  stream "T" {
    subjects = ["t.>"]
  }
  stream "U" {
    subjects = ["u.>"]
  }
  key_value "K" {}
}

account "B" {
  jetstream {}
}

account "X" {
  external   = true
  public_key = "AALQ4NVMV4KTFC34UNQYWKXUTOWDVHQTEE5DWWKS4ASKJ6SXADKGJQII"
}

share "read" {
  stream          = account.A.stream.S # ERROR read-steals-pull
  filter_subjects = ["s.a"]            # WARNING filter-not-a-boundary
  to "B" {}                            # WARNING share-consumer-create
}

share "keys" {
  key_value       = account.A.key_value.K
  filter_subjects = ["a.>"] # ERROR filter-not-a-boundary
  to "X" {}
}

# With one filter the subject of the request holds the importer to it.
share "one" {
  stream          = account.A.stream.T
  mode            = "source"
  filter_subjects = ["t.a"]
  to "B" {} # WARNING share-consumer-create
}

share "two" {
  stream          = account.A.stream.T
  mode            = "source"
  filter_subjects = ["t.a", "t.b"] # WARNING filter-not-a-boundary
  to "C" {                         # WARNING share-consumer-create
    account = account.C
  }
}

account "C" {
  jetstream {}
}

# Whoever imports it is a stranger.
share "open" {
  stream          = account.A.stream.U
  mode            = "source"
  filter_subjects = ["u.a", "u.b"] # ERROR filter-not-a-boundary
  public          = true           # ERROR share-consumer-create
}
