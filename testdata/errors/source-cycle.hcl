operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    source { name = "T" }
  }
  stream "T" {
    source { name = "S" } # ERROR source-cycle
  }
  stream "U" {
    subjects = ["u"]
    source {
      name           = "U"
      filter_subject = "v"
    }
  }
}
