operator "O" {}

account "A" {
  limits {
    exports          = 1 # ERROR too-many-exports
    wildcard_exports = false
  }
  export "a" {
    service = "a"
  }
  export "b" {
    service = "b.*" # ERROR wildcard-export-forbidden
  }
}

account "B" {
  limits {
    imports = 0 # ERROR too-many-imports
  }
  import "a" {
    from    = account.A
    service = "a"
  }
}
