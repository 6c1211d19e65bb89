operator "O" {}

account "A" {
  signing_key "teams" {
    role {
      publish { deny = ["teams.{{tag(team)}}.admin"] }
      subscribe { allow = ["teams.{{tag(team)}}.>"] }
    }
  }

  user "ann" {
    signing_key = "teams"
    tags        = ["team:red"]
  }
}
