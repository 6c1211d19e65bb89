operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
  }
}

account "B" {
  jetstream {}
}

share "s" {
  stream          = account.A.stream.S
  mode            = "publish"
  filter_subjects = [
    "s.>",
    "s.a", # ERROR filter-overlap
    "t",   # ERROR filter-outside-stream
  ]
  to "B" {}
}
