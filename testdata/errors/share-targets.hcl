operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {}
  }
}

account "B" {}

account "X" {
  external = true
}

share "self" {
  consumer = account.A.stream.S.consumer.C
  to "A" {} # ERROR share-to-self
}

share "nobody" { # ERROR share-without-target
  subject = "n"
  from    = account.A
}

share "misspelt" {
  subject = "m"
  from    = account.A
  too "B" {} # ERROR unknown-block
}

share "unmade" {
  subject = "u"
  from    = account.A
  to "B" {
    for_each = ["B"] # ERROR bad-for-each
    account  = account.B
  }
}

share "unnamed" {
  subject = "v"
  from    = account.A
  dynamic "to" { # ERROR syntax
    for_each = ["B"]
    content {}
  }
}

share "unlisted" {
  subject = "l"
  from    = account.A
  dynamic "to" {
    for_each = 5 # ERROR bad-for-each
    labels   = [to.value]
    content {}
  }
}

share "unlabelled" {
  subject = "x"
  from    = account.A
  dynamic "to" {
    for_each = ["B"]
    labels   = [[to.value]] # ERROR wrong-type
    content {}
  }
}

share "none" { # ERROR share-without-target
  subject = "y"
  from    = account.A
  dynamic "to" {
    for_each = []
    labels   = [to.value]
    content {}
  }
}

share "nowhere" {
  subject = "w"
  from    = account.A
  to "C" {} # ERROR share-target-missing
}

share "twice" {
  subject = "t"
  from    = account.A
  to "B" {}
  to "again" { # ERROR duplicate-name
    account = account.B
  }
}

share "keyless" {
  subject = "k"
  from    = account.A
  to "X" {} # ERROR share-external-needs-key
}
