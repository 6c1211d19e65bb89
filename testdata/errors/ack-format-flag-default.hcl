operator "O" {}

server {
  feature_flags = { js_ack_fc_v2 = true } # ERROR ack-format-flag
}
