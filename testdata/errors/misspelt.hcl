# What somebody misspelt is one mistake: nothing that refers to it, needs it or
# goes without it is another.
operater "O" { # ERROR unknown-block
  signing_key "K" {}
}

account "A" {
  signed_by = "K"

  jetstrem {} # ERROR unknown-block

  stream "S" {
    subject = ["s.>"] # ERROR unknown-attribute

    consumer "C" {
      deliver_subjekt = "d.s" # ERROR unknown-attribute
      deliver_group   = "g"
      filter_subject  = "s.x"
      flow_control    = true
      idle_hartbeat   = "5s" # ERROR unknown-attribute
    }
  }
  steam "T" { # ERROR unknown-block
    subjects = ["t.>"]
  }
  signing_kez "K" {} # ERROR unknown-block
  user "u" {
    signing_key = "K"
    access {
      publish = [account.A.stream.T]
      consume = [account.A.stream.S.consumer.C]
    }
  }
}

acount "B" {} # ERROR unknown-block

account "D" {
  for_eech = toset(["a"]) # ERROR unknown-attribute
  user "u" {
    access { shares = [share.two] }
  }
  mapping "m" {
    tu "n" {} # ERROR unknown-block
  }
}

account "E" {
  external  = true
  publickey = "ACPB372G5VS6M6SW7E6SIHBMIYCQZHSKTCVVMIHMG5SERVAXG4HGHOZZ" # ERROR unknown-attribute
}

account "F" {
  user "u" {
    access { shares = [share.four] }
  }
}

share "one" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
  to "E" {}
}

share "two" {
  stream          = account.A.stream.S
  moode           = "publish" # ERROR unknown-attribute
  filter_subjects = ["s.x"]
  to "D" {
    acount = account.D["a"] # ERROR unknown-attribute
  }
}

share "three" {
  consumr = account.A.stream.S.consumer.C # ERROR unknown-attribute
  to "F" {}
}

share "four" {
  from    = account.F
  service = "x"
  tp "F" {} # ERROR unknown-block
}

account "G" {
  jetstream {}
  stream "S" {
    subjects = ["g.>"]
    consumer "D" {
      deliver_subjekt = "d.g" # ERROR unknown-attribute
      ack_policy      = "flow_control"
    }
    consumer "E" {
      deliver_subject = "e.g"
      ack_polity      = "flow_control" # ERROR unknown-attribute
    }
  }
}

account "H" {
  jetstream {}
  stream "COPY" {
    source { share = share.five }
    source { share = share.six }
  }
}

share "five" {
  consumer = account.G.stream.S.consumer.D
  to "H" {}
}

share "six" {
  consumer = account.G.stream.S.consumer.E
  to "H" {}
}

share "seven" {
  from    = account.G
  service = "x"
  pubic   = true # ERROR unknown-attribute
}
