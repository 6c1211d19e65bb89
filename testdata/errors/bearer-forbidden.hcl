operator "O" {}

account "A" {
  limits {
    disallow_bearer = true
  }

  signing_key "browser" {
    role {
      bearer = true # ERROR bearer-forbidden
    }
  }

  user "a" {
    bearer = true # ERROR bearer-forbidden
  }

  user "b" {
    signing_key = "browser"
  }
}
