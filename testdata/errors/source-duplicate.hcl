operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    source { name = "X" }
    source { # ERROR source-duplicate
      name           = "X"
      filter_subject = ">"
    }
    source {
      name           = "X"
      filter_subject = "a"
    }
  }
}
