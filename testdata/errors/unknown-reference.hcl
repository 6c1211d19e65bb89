operator "O" {}

account "ACCTA" {
  jetstream {}
  stream "ORDERS" {}

  user "u" {
    access {
      publish = [account.ACCTA.stream.ORDER] # ERROR unknown-reference
      shares  = [share.nothing]              # ERROR unknown-reference
    }
  }
}

account "B" {
  description = "${var.nothing} ${local.nothing} ${nothing.at.all}" # ERROR unknown-reference unknown-reference unknown-reference
  info_url    = account.ACCTA.url                                   # ERROR unknown-reference
  tags        = [each.key]                                          # ERROR unknown-reference

  import "x" {
    from   = account.ACCTB # ERROR unknown-reference
    stream = "x"
  }
}
