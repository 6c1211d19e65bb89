operator "O" {}

account "A" {
  jetstream {}
  key_value "K" {}
  key_value "L" {}
  user "own" {
    inbox_prefix = "_INBOX_own"
    access {}
  }
}

account "B" {
  user "reader" {
    inbox_prefix = "_INBOX_other"
    access { shares = [share.k] } # WARNING inbox-prefix
  }
}

account "C" {}
account "D" {}
account "E" {}

share "k" {
  key_value = account.A.key_value.K
  to "B" {} # WARNING share-consumer-create
  to "C" {  # WARNING share-consumer-create
    inbox_prefix = "_INBOX_B" # ERROR inbox-prefix
  }
  to "D" { # WARNING share-consumer-create
    inbox_prefix = "_INBOX" # ERROR inbox-prefix
  }
  to "E" { # WARNING share-consumer-create
    inbox_prefix = "_INBOX_own" # ERROR inbox-prefix
  }
}
