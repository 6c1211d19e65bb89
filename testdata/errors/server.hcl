operator "O" {}

server {
  version      = "latest" # ERROR bad-value
  cluster_size = 0        # ERROR bad-value
  name         = "a b"    # ERROR bad-value
  host         = "[::1]"  # ERROR bad-value
  port         = 70000    # ERROR bad-value
  http_port    = 0        # ERROR bad-value

  jetstream {
    domain        = "a.b"       # ERROR bad-value
    sync_interval = "sometimes" # ERROR bad-value
  }

  resolver {
    dir = "jwt" # ERROR field-conflict
  }

  tls {
    cert_file = "" # ERROR bad-value
    key_file  = "" # ERROR bad-value
    ca_file   = "" # ERROR bad-value
  }

  cluster {
    name   = "a b"                              # ERROR bad-value
    listen = "6222"                             # ERROR bad-value
    routes = ["nats://a:6222", "nats://b:6222"] # ERROR bad-value
  }
}

server {} # ERROR duplicate-name
