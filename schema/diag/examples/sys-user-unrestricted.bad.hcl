operator "RETAIL" {}

account "SYS" {
  user "monitor" {
    push = true
  }
}
