operator "O" {}

account "A" {
  jetstream {}
  stream "a.b" {} # ERROR stream-name
  stream "S" {
    name = "a b" # ERROR stream-name
  }
  stream "M" {
    mirror { name = "x/y" } # ERROR stream-name
  }
  stream "N" {
    mirror { name = "" } # ERROR stream-name
  }
  stream "O" {
    source { name = "" } # ERROR stream-name
  }
}
