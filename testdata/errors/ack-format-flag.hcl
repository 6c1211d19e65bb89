operator "O" {}

server {
  ack_format    = "v2"
  feature_flags = { js_ack_fc_v2 = false } # ERROR ack-format-flag
}
