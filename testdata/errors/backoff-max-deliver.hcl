operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {
      backoff     = ["1s", "2s"]
      max_deliver = 1 # ERROR backoff-max-deliver
    }
  }
}
