operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    retention = "workqueue"
    subjects  = ["a", "b"]
    consumer "A" {
      filter_subject = "a"
      ack_policy     = "all" # ERROR workqueue-ack
    }
    consumer "B" {
      filter_subject = "b"
      deliver_policy = "new" # ERROR workqueue-ack
    }
  }
}
