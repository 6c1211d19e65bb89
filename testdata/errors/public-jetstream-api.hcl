operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {}
    consumer "P" {
      deliver_subject = "deliver.s"
      deliver_group   = "g"
      ack_policy      = "none"
    }
  }
}

account "B" {}

share "pull" {
  consumer = account.A.stream.S.consumer.C
  public   = true # WARNING public-jetstream-api
}

share "push" {
  consumer = account.A.stream.S.consumer.P
  public   = true # WARNING public-jetstream-api
  info     = false
  to "B" {}
}

share "news" {
  subject = "news.>"
  from    = account.A
  public  = true
}
