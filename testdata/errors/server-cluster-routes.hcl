operator "O" {}

server {
  host         = "0.0.0.0"
  port         = 4222
  http_port    = 4222 # ERROR bad-value
  cluster_size = 6

  tls {
    cert_file = "cert.pem"
    key_file  = "key.pem"
  }

  cluster {
    listen = "0.0.0.0:6222" # ERROR field-conflict
    routes = [
      "nats://a:6222",
      "nats://a",           # ERROR bad-value
      "nats://u:p@b:6222",  # ERROR bad-value
      "http://c:6222",      # ERROR bad-value
      "tls://a:6222",       # ERROR bad-value
      "nats://[::1]:6222",
    ]
  }
}

account "A" {}
