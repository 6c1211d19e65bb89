operator "RETAIL" {
  account_server_url = "nats://nats.example.com:4222"

  signing_key "2026" {}
}
