operator "O" {}

account "A" {
  jetstream { max_bytes_required = true }
  stream "S" {} # ERROR max-bytes-required
  stream "T" { max_bytes = "unlimited" } # ERROR max-bytes-required
  key_value "b" {} # ERROR max-bytes-required
  object_store "o" { max_bytes = 5 }
}
