operator "O" {}

account "A" {
  name = "" # ERROR bad-name
}

account "B" {
  user "u" {
    name = format("%s", jsondecode("\"a\\u0007b\"")) # ERROR bad-name
  }
}

account "C" {
  name = join("", [for n in range(256) : "x"]) # ERROR bad-name
}
