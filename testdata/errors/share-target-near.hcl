operator "O" {}

account "A" {
  jetstream {}
  stream "S" {}
  stream "COPY" {
    mirror { name = "S" }
  }
  user "u" {
    access { publish = [account.A.stream.COPY] } # ERROR bad-value
  }
}

account "WAREHOUSE" {
  jetstream {}
  stream "M" {
    mirror { share = share.copy }
  }
  user "u" {
    access { shares = [share.goods] }
  }
}

share "goods" {
  subject = "goods"
  from    = account.A
  to "WAREHOUSES" {} # ERROR share-target-missing
}

share "copy" {
  stream = account.A.stream.S
  mode   = "mirror"
  to "WAREHOUSES" {} # ERROR share-target-missing
}
