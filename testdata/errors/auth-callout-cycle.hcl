operator "O" {}

account "A" {
  user "svc" {}
  auth_callout {
    users            = ["svc"]
    allowed_accounts = ["B"]
  }
}

account "B" {
  user "svc" {}
  auth_callout {
    users            = ["svc"]
    allowed_accounts = ["A"] # ERROR auth-callout-cycle
  }
}

account "C" {
  auth_callout {
    users = [
      account.A.user.svc, # ERROR auth-callout-cycle
      "nobody",           # ERROR unknown-reference
    ]
    allowed_accounts = [
      account.C, # ERROR auth-callout-cycle
      "Z",       # ERROR unknown-reference
      "*",       # ERROR bad-value
    ]
    xkey = "AAIIBE22ZLE2IIHUONTTCNHQK6X6NWPQOE7BEGVDOGLCKYXIO6JPPZGA" # ERROR key-wrong-type
  }
}
