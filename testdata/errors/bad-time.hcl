operator "O" {}

account "A" {
  expires = "tomorrow" # ERROR bad-time

  user "u" {
    times = [{ start = "8:00", end = "18:00:00" }] # ERROR bad-time
  }
}
