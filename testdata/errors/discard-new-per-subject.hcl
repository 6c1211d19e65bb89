operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    discard_new_per_subject = true # ERROR discard-new-per-subject
    max_msgs_per_subject    = 5
  }
  stream "T" {
    discard_new_per_subject = true # ERROR discard-new-per-subject
    discard                 = "new"
  }
}
