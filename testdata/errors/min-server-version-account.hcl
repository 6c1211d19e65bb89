operator "O" {}

server { version = "2.10" }

account "A" {
  cluster_traffic = "owner" # ERROR min-server-version
  trace { # ERROR min-server-version
    destination = "traces"
  }
  signing_key "k" {
    role {
      proxy_required = true # ERROR min-server-version
    }
  }
  user "u" {
    proxy_required = true # ERROR min-server-version
  }
  user "v" {
    proxy_required = false
  }
}

account "B" {
  cluster_traffic = "system"
}
