operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "a.b" {} # ERROR consumer-name
    consumer "C" {
      name = "c d" # ERROR consumer-name
    }
  }
}
