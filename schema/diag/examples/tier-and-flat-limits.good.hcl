operator "RETAIL" {}

account "ACCTA" {
  jetstream {
    tier "R1" {
      disk = "10GiB"
    }

    tier "R3" {
      disk = "30GiB"
    }
  }
}
