operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>", "t"]
    consumer "C" {}
  }
  key_value "K" {}
}

account "B" {}

share "nothing" { # ERROR share-mode
  to "B" {}
}

share "two" {
  subject = "x"
  service = "y" # ERROR share-mode
  from    = account.A
  to "B" {}
}

share "consumer-mode" {
  consumer = account.A.stream.S.consumer.C
  mode     = "read" # ERROR share-mode
  to "B" {}
}

share "stream-mode" {
  stream = account.A.stream.S
  mode   = "write" # ERROR share-mode
  to "B" {}
}

share "competing" {
  stream    = account.A.stream.S
  mode      = "publish"
  competing = true # ERROR share-mode
  watch     = true # ERROR share-mode
  to "B" {
    api_prefix    = "X" # ERROR share-mode
    local_subject = "y" # ERROR share-mode
  }
}

share "pull" {
  consumer = account.A.stream.S.consumer.C
  from     = account.A # ERROR share-mode
  to "B" {
    local_subject = "y" # ERROR share-mode
    inbox_prefix  = "_INBOX_X" # ERROR share-mode
  }
}

share "kv" {
  key_value        = account.A.key_value.K
  mode             = "write"
  filter_subjects  = ["a.>"] # ERROR share-mode
  watch            = false
  to "B" {
    api_prefix   = "KV.API"
    inbox_prefix = "_INBOX_X" # ERROR field-requires
  }
}

share "homeless" {
  subject = "z"
  to "B" {}
} # ERROR missing-attribute
