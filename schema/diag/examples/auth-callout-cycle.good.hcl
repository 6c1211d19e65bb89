operator "RETAIL" {}

account "AUTH" {
  user "auth-service" {
    publish {
      deny = [">"]
    }
  }

  auth_callout {
    users            = ["auth-service"]
    allowed_accounts = [account.ACCTA]
  }
}

account "ACCTA" {}
