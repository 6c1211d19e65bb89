operator "O" {}

account "A" {
  jetstream {}
  stream "S" { subjects = ["$JS.API.>"] } # ERROR stream-captures-api
  stream "T" { subjects = ["$SYS.SERVER.>"] } # ERROR stream-captures-api
  stream "U" {
    subjects = ["$JSC.>"]
    no_ack   = true
  }
}
