operator "RETAIL" {}

server {
  jetstream {
    max_file = "2GiB"
  }
}

account "ORDERS" {
  jetstream {}

  stream "EVENTS" {
    subjects  = ["orders.>"]
    max_bytes = "2GiB"
  }

  stream "AUDIT" {
    subjects  = ["audit.>"]
    max_bytes = "1GiB"
  }
}
