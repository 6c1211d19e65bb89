operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects          = ["s.>"]
    allow_rollup_hdrs = true
  }
  stream "T" {
    subjects = ["t.>"]
  }
}

account "B" {}
account "C" {}

share "s" {
  stream = account.A.stream.S
  mode   = "publish"
  to "B" {} # ERROR publish-rollup
  to "C" {
    trusted = true
  }
}

share "t" {
  stream = account.A.stream.T
  mode   = "publish"
  to "B" {}
}
