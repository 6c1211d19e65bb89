operator "O" {}

account "B" {}

account "A" {
  for_each = toset(["a", "b"])
  name     = account.B.name # ERROR reference-cycle

  jetstream {}

  stream "S" {
    for_each = toset(["x", "y"])
    name     = account.B.public_key # ERROR reference-cycle
  }
}

account "SYS" {
  name = account.B.name # ERROR reference-cycle
}
