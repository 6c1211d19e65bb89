operator "RETAIL" {}

account "ACCTA" {
  jetstream {
    disk = "10GiB"

    tier "R3" {
      disk = "30GiB"
    }
  }
}
