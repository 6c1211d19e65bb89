operator "RETAIL" {
  account_server_url = "https://accounts.example.com/jwt/v1"

  signing_key "2026" {}
}
