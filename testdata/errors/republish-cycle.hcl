operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["a.>"]
    republish {
      src  = "a.b"
      dest = "a.c" # ERROR republish-cycle
    }
  }
}
