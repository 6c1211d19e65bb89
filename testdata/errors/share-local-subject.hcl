operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>", "t"]
    consumer "C" {}
    consumer "D" {}
  }
}

account "B" {}

share "api" {
  consumer = account.A.stream.S.consumer.C
  to "B" {
    api_prefix = "$JS.HUB.API" # ERROR reserved-local-subject
  }
}

share "wild" {
  subject = "news.*"
  from    = account.A
  to "B" {
    local_subject = "news" # ERROR bad-local-subject
  }
}

share "inbox" {
  subject = "other"
  from    = account.A
  to "B" {
    local_subject = "_INBOX.x" # ERROR reserved-local-subject
  }
}

share "publish" {
  stream = account.A.stream.S
  mode   = "publish"
  to "B" {
    local_subject = "x" # ERROR share-mode
  }
}

share "one" {
  stream          = account.A.stream.S
  mode            = "publish"
  filter_subjects = ["s.>"]
  to "b" {
    account       = account.C
    local_subject = "a.s.>"
  }
}

account "C" {}
account "D" {}

share "all" {
  service = "*.API.>"
  from    = account.D
  to "C" {} # ERROR reserved-local-subject
}

share "prefix" {
  consumer = account.A.stream.S.consumer.D
  to "B" {
    api_prefix = "A.*" # ERROR bad-subject
  }
}
