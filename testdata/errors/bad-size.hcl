operator "O" {}

account "A" {
  jetstream { disk = "1 gigabyte" } # ERROR bad-size

  limits { payload = "1mib" } # ERROR bad-size
}
