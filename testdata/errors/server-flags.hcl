operator "O" {}

server {
  version    = "2.14.3"
  ack_format = "v2"
  feature_flags = { # ERROR min-server-version # WARNING unknown-feature-flag
    js_api_reply_v2      = true
    js_raft_delete_range = false
    bogus                = true
  }
}
