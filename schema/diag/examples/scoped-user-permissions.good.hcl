operator "RETAIL" {}

account "ACCTA" {
  signing_key "readers" {
    role {
      subscribe {
        allow = ["orders.>"]
      }
    }
  }

  user "dashboard" {
    signing_key = "readers"
  }
}
