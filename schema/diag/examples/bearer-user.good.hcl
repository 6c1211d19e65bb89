operator "RETAIL" {}

account "ACCTA" {
  user "browser" {
    subscribe {
      allow = ["orders.created"]
    }
  }
}
