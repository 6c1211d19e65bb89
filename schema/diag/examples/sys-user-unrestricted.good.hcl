operator "RETAIL" {}

account "SYS" {
  user "monitor" {
    publish {
      allow = ["$SYS.REQ.SERVER.PING"]
    }
  }
}
