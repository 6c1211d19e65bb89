operator "O" {}

account "A" {
  export "api" {
    service = "api"
  }
  import "api" {
    from    = account.A # ERROR self-import
    service = "api"
  }
}
