operator "O" {}

server {
  cluster_size = 1000 # ERROR bad-value

  resolver {
    type     = "full"
    dir      = "" # ERROR bad-value
    limit    = 2  # ERROR bad-value
    interval = 0  # ERROR bad-value
    timeout  = 0  # ERROR bad-value
  }
}

account "A" {}
account "B" {}
