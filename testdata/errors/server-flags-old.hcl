operator "O" {}

server {
  version       = "2.10"
  ack_format    = "v2"                     # ERROR min-server-version
  feature_flags = { js_ack_fc_v2 = true }  # ERROR min-server-version
}
