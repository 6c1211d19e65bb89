# A block without its label, or one of the language that is misspelt, may have
# declared any name: what refers to one that is not there is no further mistake.
operator "O" {}

local { # ERROR unknown-block
  a = 1
}

variabel "v" {} # ERROR unknown-block

account { # ERROR syntax
  user "u" {}
}

account "B" {
  description = "${local.a} ${var.v}"
  jetstream {}
  stream { # ERROR syntax
    subjects = ["t.>"]
  }
  stream "S" {
    subjects = ["s.>"]
    consumer "C" {}
  }
  user "u" {
    access { publish = [account.B.stream.T] }
  }
  user "v" {
    access { consume = [account.B.stream.S.consumer.D] } # ERROR unknown-reference
  }
  import "i" {
    from    = account.A
    service = "q"
  }
}

share "s" {
  consumer = account.B.stream.S.consumer.C
  to "A" {}
}

share { # ERROR syntax
  stream = account.B.stream.S
  to "B" {}
}

account "C" {
  user "u" {
    access { shares = [share.t] }
  }
}
