operator "O" {}

server {
  feature_flags = {
    js_ack_v2 = true
  }
}
