operator "O" {}

account "A" {
  jetstream {}

  stream "S" {
    subjects  = ["a.>"]
    retention = "workque" # ERROR bad-value
    max_msgs  = -2        # ERROR bad-value

    consumer "C" {
      ack_policy = "maybe" # ERROR bad-value
    }
  }
}
