operator "RETAIL" {}

server {
  jetstream {
    max_file = "16GiB"
  }
}

account "ACCTA" {
  jetstream {
    disk = "8GiB"
  }
}

account "ACCTB" {
  jetstream {
    disk = "8GiB"
  }
}
