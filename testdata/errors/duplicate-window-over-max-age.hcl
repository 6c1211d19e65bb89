operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    max_age          = "1m"
    duplicate_window = "61s" # ERROR duplicate-window-over-max-age
  }
  stream "T" { max_age = "1m" }
}
