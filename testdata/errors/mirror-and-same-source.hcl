operator "O" {}

account "A" {
  jetstream {}

  stream "S" {}

  stream "T" {
    mirror { name = "S" }
    source { name = "S" } # ERROR mirror-and-sources
  }
}
