operator "O" {}

account "A" {
  for_each = ["a", "b"] # ERROR bad-for-each
}

account "B" {
  for_each = "b" # ERROR bad-for-each
}

account "C" {
  for_each = 3 # ERROR bad-for-each
}

account "D" {
  user "u" {
    for_each = toset([1, 2]) # ERROR bad-for-each
  }
}
