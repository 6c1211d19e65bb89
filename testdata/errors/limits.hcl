operator "O" {}

account "A" {
  limits {
    connections = -2 # ERROR bad-value
    imports     = 0
  }
  jetstream {
    memory = 0
    disk    = 0 # ERROR bad-value
    streams = 0 # ERROR bad-value
  }
}

account "B" {
  renew_before = "1d" # ERROR field-requires
}

account "C" {
  expires      = "1d"
  renew_before = "2d" # ERROR bad-value
  info_url     = "no" # ERROR bad-value
}

# What is no limit is held against nothing else.
account "D" {
  jetstream {
    memory = -2 # ERROR bad-value
  }
  stream "S" {
    storage = "memory"
  }
}
