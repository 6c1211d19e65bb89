operator "O" {}

account "A" {
  jetstream {}
  stream "O" { subjects = ["d.>"] }
  stream "S" {
    source { name = "O" }
    source {
      name = "X"
      external {
        api     = "$JS.API" # ERROR source-external
        deliver = "d"       # ERROR source-external
      }
    }
  }
}
