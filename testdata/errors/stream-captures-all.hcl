operator "O" {}

account "A" {
  jetstream {}
  stream "S" { subjects = [">"] } # ERROR stream-captures-api
}
