operator "O" {}

account "A" {
  descripton = "a slip of the finger" # ERROR unknown-attribute

  jetstream {}

  stream "S" {
    subject   = ["a.>"] # ERROR unknown-attribute
    max_bytes = "1MiB"
  }
}
