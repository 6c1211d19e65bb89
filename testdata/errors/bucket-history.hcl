operator "O" {}

account "A" {
  jetstream {}
  key_value "a" { history = 65 } # ERROR bucket-history
  key_value "b" { history = 0 } # ERROR bucket-history
  object_store "o" { history = 5 } # ERROR unknown-attribute
}
