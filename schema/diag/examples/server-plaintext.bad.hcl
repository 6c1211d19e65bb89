operator "RETAIL" {}

server {
  host = "0.0.0.0"
}

account "ACCTA" {}
