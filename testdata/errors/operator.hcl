operator "O" {
  service_urls = [
    "nats://localhost:4222",
    "http://localhost", # ERROR bad-value
    "tls://u:p@host",   # ERROR bad-value
  ]
  account_server_url    = "localhost/jwt" # ERROR bad-value
  assert_server_version = "2.15"          # ERROR bad-value

  signing_key "a" {
    role {} # ERROR unknown-block
  }
}
