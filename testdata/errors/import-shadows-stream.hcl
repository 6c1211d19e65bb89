operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
    consumer "C" {
      deliver_subject = "deliver.s"
      deliver_group   = "g"
    }
    consumer "D" {
      deliver_subject = "deliver.d"
      ack_policy      = "none"
    }
  }
  export "s" {
    stream = "deliver.*"
  }
  export "plain" {
    stream = "news.>"
  }
}

account "B" {
  jetstream {}
  stream "COPY" {
    subjects = ["deliver.*", "news.>"]
  }
  import "s" { # ERROR import-shadows-stream
    from   = account.A
    stream = "deliver.s"
  }
  import "d" {
    from   = account.A
    stream = "deliver.d"
  }
  import "news" {
    from   = account.A
    stream = "news.>"
  }
}
