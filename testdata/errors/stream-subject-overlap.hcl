operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = [
      "a.*",
      "a.b", # ERROR stream-subject-overlap
    ]
  }
  stream "T" { subjects = ["a.c"] } # ERROR stream-subject-overlap
  stream "U" {
    name = "V"
  }
  stream "W" { subjects = ["V"] } # ERROR stream-subject-overlap
  stream "X" { subjects = ["$KV.b.x"] }
  key_value "b" {} # ERROR stream-subject-overlap
}
