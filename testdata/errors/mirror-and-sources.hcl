operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    mirror { name = "X" }
    source { name = "Y" } # ERROR mirror-and-sources
  }
  key_value "b" {
    mirror { name = "c" }
  }
}
