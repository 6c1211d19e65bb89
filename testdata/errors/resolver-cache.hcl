operator "O" {}

server {
  resolver {
    type         = "cache"
    dir          = "jwt"
    limit        = 1    # ERROR bad-value
    allow_delete = true # ERROR field-conflict
    interval     = "1m" # ERROR field-conflict
  }
}

account "A" {}
account "B" {}
