operator "O" {}

account "A" {
  jetstream {}

  stream "S" {
    subjects = ["a..b", "c d", "e.>.f", "ok.>"] # ERROR bad-subject bad-subject bad-subject
  }

  export "x" {
    service = "" # ERROR bad-subject
  }
}
