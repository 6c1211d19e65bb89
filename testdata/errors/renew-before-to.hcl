operator "O" {}

account "A" {}
account "B" {}
account "C" {}

share "s" {
  subject      = "q"
  from         = account.A
  expires      = "30d"
  renew_before = "20d"

  to "B" {
    expires = "10d" # ERROR bad-value
  }
  to "C" {
    expires      = "10d"
    renew_before = "3d"
  }
}
