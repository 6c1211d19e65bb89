operator "O" {}

account "A" {
  default_permissions {
    subscribe { deny = ["secret.{{name()}}"] } # ERROR bad-subject
  }

  signing_key "team" {
    role {
      publish { allow = ["{{account-name()}}.{{tag(team)}}.>", "also.{{tag(team)}}"] }
      subscribe {
        allow = [
          "inbox.{{name()}}.>",
          "work crew",  # ERROR bad-subject
          "{{nick()}}", # ERROR bad-subject
        ]
      }
    }
  }

  signing_key "region" {
    role {
      publish { deny = ["{{account-tag(region)}}.>"] }
      subscribe { allow = ["a b"] }
    }
  }

  user "plain" {
    publish { allow = ["inbox.{{name()}}.>"] } # ERROR bad-subject
  }

  user "tagged" {
    signing_key = "team"
    tags        = ["Team:red"]
  }

  user "other" {
    signing_key = "team"
    tags        = ["crew:red"] # WARNING template-without-value
  }

  user "a." {
    signing_key = "team"
    tags        = ["team:red"] # WARNING template-without-value
  }

  user "south" { # ERROR template-without-value
    signing_key = "region"
  }
}
