operator "RETAIL" {}

server {
  ack_format = "v2"
}

account "ACCTA" {}
