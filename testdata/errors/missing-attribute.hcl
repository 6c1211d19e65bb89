operator "O" {}

account "A" {
  import "news" { # ERROR missing-attribute
    stream = "news.>"
  }
}
