operator "O" {}

server {
  cluster_size = 3
  port         = 5222
  http_port    = 5223 # ERROR bad-value

  cluster {
    routes = ["nats://localhost:6222", "nats://[::1]:6223", "nats://127.0.0.1:6224"]
  }

  jetstream {
    store_dir = "" # ERROR bad-value
  }
}

account "A" {}
