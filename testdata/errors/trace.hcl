operator "O" {}

account "A" {
  trace {
    destination = "trace.*" # ERROR bad-subject
  }
}

account "B" {
  trace {
    destination = "trace"
    sampling    = 101 # ERROR bad-value
  }
}
