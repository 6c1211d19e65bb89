operator "RETAIL" {}

account "ACCTA" {
  user "browser" {
    bearer = true

    subscribe {
      allow = ["orders.created"]
    }
  }
}
