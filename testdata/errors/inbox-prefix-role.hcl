operator "O" {}

account "A" {
  signing_key "app" {
    role {
      subscribe { allow = ["jobs.>", "_INBOX_{{name()}}.>"] }
    }
  }

  signing_key "plain" {
    role {
      subscribe { allow = ["jobs crew", "_INBOX.>"] }
    }
  }

  signing_key "closed" {
    role {
      subscribe { allow = [] }
    }
  }

  signing_key "open" {
    role {
      subscribe { deny = ["jobs.>"] }
    }
  }

  user "ann" {
    signing_key  = "app"
    inbox_prefix = "_INBOX_ann"
  }

  user "ben" {
    signing_key  = "app"
    inbox_prefix = "_INBOX_ann" # ERROR inbox-prefix
  }

  user "cid" {
    signing_key  = "plain"
    inbox_prefix = "_INBOX.cid"
  }

  user "dan" {
    signing_key  = "closed"
    inbox_prefix = "_INBOX.dan" # ERROR inbox-prefix
  }

  user "eve" {
    signing_key  = "open"
    inbox_prefix = "_INBOX.eve"
  }
}
