operator "O" {}

account "A" {
  description = "access‮ level" # ERROR hidden-character
}
