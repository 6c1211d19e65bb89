operator "O" {}

server { cluster_size = 3 }

account "A" {
  jetstream {
    disk      = 3000
    streams   = 3
    consumers = 2
  }
  stream "A" { max_bytes = 1000 }
  stream "B" {
    max_bytes    = 700 # ERROR stream-limits-account
    num_replicas = 3
  }
  stream "C" { max_consumers = 3 } # ERROR stream-limits-account
  stream "D" { # ERROR stream-limits-account
    storage = "memory" # ERROR stream-limits-account
  }
  stream "E" {  # ERROR stream-limits-account
    consumer "A" {}
    consumer "B" {}
    consumer "C" {} # ERROR stream-limits-account
  }
}
