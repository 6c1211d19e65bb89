operator "RETAIL" {}

account "ACCTA" {
  limits {
    disallow_bearer = true
  }

  user "browser" {
    bearer = true

    subscribe {
      allow = ["orders.created"]
    }
  }
}
