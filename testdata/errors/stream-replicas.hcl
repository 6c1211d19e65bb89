operator "O" {}

server { cluster_size = 3 }

account "A" {
  jetstream {}
  stream "S" { num_replicas = 3 }
  stream "T" { num_replicas = 5 } # ERROR stream-replicas
  stream "U" { num_replicas = -1 } # ERROR stream-replicas
  key_value "b" { replicas = 6 } # ERROR stream-replicas
}
