operator "O" {}

account "A" {
  export "api" {
    service = "$JS.API.CONSUMER.INFO.S.C"
  }
  export "inbox" {
    stream = "in.>"
  }
  export "acks" {
    service = "$JS.ACK.S.C.>"
  }
  export "any" {
    service = "any.*"
  }
}

account "B" {
  import "api" {
    from    = account.A
    service = "$JS.API.CONSUMER.INFO.S.C" # ERROR reserved-local-subject
  }
  import "inbox" {
    from          = account.A
    stream        = "in.>"
    local_subject = "_INBOX.>" # ERROR reserved-local-subject
  }
  import "acks" {
    from    = account.A
    service = "$JS.ACK.S.C.>"
  }
  import "any" {
    from          = account.A
    service       = "any.*"
    local_subject = "$1.any" # ERROR reserved-local-subject
  }
}
