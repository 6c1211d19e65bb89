operator "RETAIL" {}

server {
  resolver {
    type = "full"
    dir  = "./data/accounts"
  }
}

account "tenant" {
  for_each = toset([for n in range(1000) : "t${n}"])
}
