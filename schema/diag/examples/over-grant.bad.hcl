operator "RETAIL" {}

account "ACCTA" {
  export "api" {
    service = "$JS.API.>"
  }
}
