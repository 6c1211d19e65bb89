operator "RETAIL" {}

account "ACCTA" {
  signing_key "services" {}

  user "order-service" {
    signing_key = "service"
    expires     = "90d"

    publish {
      allow = ["orders.>"]
    }
  }
}
