operator "O" {}

account "A" {
  jetstream {
    disk   = "unlimited"
    memory = "unlimited"
  }
  stream "S" {
    subject_delete_marker_ttl = "1m"
    deny_purge                = true  # ERROR field-conflict
    allow_msg_ttl             = false # ERROR field-conflict
  }
  stream "T" {
    persist_mode = "async" # ERROR field-conflict
    storage      = "memory"
    consumer "C" {
      ack_wait = "1s" # ERROR field-conflict
      backoff  = ["2s"]
    }
    consumer "D" {
      filter_subject  = "T" # ERROR field-conflict
      filter_subjects = ["T"]
    }
  }
}
