operator "O" {}

account "A" {
  jetstream {}
  key_value "K" {}
}

account "B" {}

account "C" {}

share "news" {
  subject      = "news.>"
  from         = account.A
  public       = true
  expires      = "30d" # ERROR share-mode
  renew_before = "10d" # ERROR share-mode
  to "B" {}
  to "C" {
    expires = "2020-01-01" # ERROR share-mode
  }
}

share "config" {
  key_value = account.A.key_value.K
  public    = true # WARNING public-jetstream-api
  to "B" { # WARNING share-consumer-create
    trusted = true
    expires = "10d" # ERROR share-mode
  }
}

share "unset" {
  service = "time"
  from    = account.A
  public  = true
  expires = null
  to "B" {}
}
