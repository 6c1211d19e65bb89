operator "O" {}

account "A" {
  stream "A" {} # ERROR account-without-jetstream
  stream "B" {}
}
