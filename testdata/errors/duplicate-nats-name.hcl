operator "O" {}

account "A" {
  name = "X"

  user "u" {}
  user "v" {
    name = "u" # ERROR duplicate-name
  }

  signing_key "k" {}
  signing_key "l" {
    name = "k" # ERROR duplicate-name
  }
}

account "B" {
  name = "X" # ERROR duplicate-name
}
