operator "O" {}

account "A" {
  jetstream {}
  key_value "a.b" {} # ERROR bucket-name
  object_store "o" {
    name = "a b" # ERROR bucket-name
  }
}
