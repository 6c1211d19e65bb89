operator "O" {}

server { cluster_size = 3 }

account "A" {
  jetstream {
    tier "R1" { disk = 1000 }
  }
  stream "A" { num_replicas = 3 } # ERROR stream-limits-account
  stream "B" {
    consumer "C" { num_replicas = 2 } # ERROR bad-value stream-limits-account
  }
  stream "D" { max_bytes = 1001 } # ERROR stream-limits-account
}
