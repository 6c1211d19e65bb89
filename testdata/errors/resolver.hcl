operator "O" {}

server {
  resolver {
    type = "full"
    ttl  = "1m" # ERROR field-conflict
  }             # ERROR missing-attribute
}
