operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {
      deliver_subject = "to.c"
      max_waiting     = 5          # ERROR consumer-pull-field
      max_batch       = 5          # ERROR consumer-pull-field
      max_expires     = "5s"       # ERROR consumer-pull-field
      max_bytes       = 5          # ERROR consumer-pull-field
      priority_policy = "overflow" # ERROR consumer-pull-field
      priority_groups = ["g"]
    }
  }
}
