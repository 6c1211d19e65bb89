operator "O" {}

account "A" {
  jetstream {}

  stream "S" {
    max_age          = "1 year" # ERROR bad-duration
    duplicate_window = "2 m"    # ERROR bad-duration

    consumer "C" {
      ack_wait = 30 # ERROR bad-duration
      backoff = ["1s", "soon"] # ERROR bad-duration
    }
  }
}
