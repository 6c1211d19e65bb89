operator "RETAIL" {}

account "ACCTA" {
  user "orders" {
    inbox_prefix = "_INBOX"

    access {}
  }

  user "billing" {
    inbox_prefix = "_INBOX"

    access {}
  }
}
