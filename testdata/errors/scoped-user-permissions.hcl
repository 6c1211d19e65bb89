operator "O" {}

account "A" {
  signing_key "svc" {
    role {
      publish {
        allow = [
          "{{name()}}.>",
          "{{nome()}}.>", # ERROR bad-subject
        ]
      }
    }
  }

  user "good" {
    signing_key = "svc"
    expires     = "30d"
    tags        = ["team:a"]
  }

  user "bad" {
    signing_key = "svc"
    bearer      = true   # ERROR scoped-user-permissions
    data        = "1MiB" # ERROR scoped-user-permissions

    publish { # ERROR scoped-user-permissions
      allow = ["a"]
    }
  }
}
