operator "RETAIL" {}

account "ACCTA" {
  limits {
    disallow_bearer = true
  }

  user "browser" {
    subscribe {
      allow = ["orders.created"]
    }
  }
}
