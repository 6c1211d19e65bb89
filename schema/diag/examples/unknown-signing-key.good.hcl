operator "RETAIL" {}

account "ACCTA" {
  signing_key "services" {}

  user "order-service" {
    signing_key = "services"
    expires     = "90d"

    publish {
      allow = ["orders.>"]
    }
  }
}
