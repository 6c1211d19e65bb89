operator "RETAIL" {}

server {
  host = "0.0.0.0"

  tls {
    cert_file = "/etc/nats/tls.crt"
    key_file  = "/etc/nats/tls.key"
  }
}

account "ACCTA" {}
