operator "O" {}

account "A" {
  jetstream {}
  export "time" {
    service = "time"
    public  = true # ERROR share-public-private
  }
}

account "B" {}

share "clock" {
  service = "time"
  from    = account.A
  to "B" {}
}

share "all" {
  subject = "news.>"
  from    = account.A
  public  = true # ERROR share-public-private
}

share "some" {
  subject = "news.>"
  from    = account.A
  to "B" {}
}
