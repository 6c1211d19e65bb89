operator "O" {}

server {
  cluster_size = 3

  cluster {
    listen = "0.0.0.0:6222"
  } # ERROR missing-attribute
}

account "A" {}
