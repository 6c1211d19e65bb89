operator "O" {}

server {
  jetstream {
    max_file   = "3GiB" # ERROR account-limits-over-server
    max_memory = "1GiB"
  }
}

account "A" {
  jetstream {
    tier "R1" { disk = "1GiB" }
    tier "R3" { disk = "1GiB" }
  }
}

account "B" {
  jetstream {
    disk   = "2GiB"
    memory = "1GiB"
  }
}

account "C" {
  jetstream {}
}
