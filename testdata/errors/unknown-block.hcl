operator "O" {}

account "A" {
  steam "S" {} # ERROR unknown-block
}

topic "T" {} # ERROR unknown-block
