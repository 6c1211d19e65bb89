operator "RETAIL" {}

server {
  cluster_size = 3
}

account "ACCTA" {
  jetstream {}

  stream "ORDERS" {
    subjects     = ["orders.>"]
    max_bytes    = "1MiB"
    num_replicas = 3
  }
}
