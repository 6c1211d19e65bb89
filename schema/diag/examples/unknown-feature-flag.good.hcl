operator "O" {}

server {
  feature_flags = {
    js_api_reply_v2 = true
  }
}
