operator "O" {}

server {
  host         = "0.0.0.0" # ERROR missing-attribute
  cluster_size = 3

  tls {
    cert_file = "cert.pem"
    key_file  = "key.pem"
  }
}

account "A" {}
