operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["a.>"]
    consumer "C" { deliver_subject = "a.b" } # ERROR deliver-subject-cycle
  }
}
