operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["a"] # ERROR mirror-with-subjects
    mirror { name = "X" }
  }
}
