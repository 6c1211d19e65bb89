operator "O" {}

account "A" {
  limits {
    disallow_bearer = true
  }

  signing_key "browser" {
    role {
      bearer = true
    }
  }

  user "a" {
    bearer = true # ERROR bearer-forbidden
  }

  user "b" { # ERROR bearer-forbidden
    signing_key = "browser"
  }
}
