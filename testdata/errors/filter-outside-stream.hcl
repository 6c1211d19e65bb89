operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["a.>"]
    consumer "A" { filter_subject = "b" } # ERROR filter-outside-stream
    consumer "B" {
      filter_subjects = [
        "*.x",
        "c.*.y", # ERROR filter-outside-stream
      ]
    }
  }
  stream "M" {
    mirror { name = "S" }
    consumer "C" { filter_subject = "b" }
  }
}
