operator "O" {}

account "A" {
  jetstream {
    disk               = "1GiB" # ERROR tier-and-flat-limits
    max_bytes_required = true   # ERROR tier-and-flat-limits
    tier "R1" {}
    tier "R7" {}                # ERROR bad-value
  }
}
