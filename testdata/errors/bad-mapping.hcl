operator "O" {}

account "A" {
  mapping "a.*" {
    destination = "b.$2" # ERROR bad-mapping
  }
  mapping "b" {
    to "x" { weight = 50 }
    to "again" { # the same destination
      subject = "x" # ERROR bad-mapping
      weight  = 50
    }
    to "y" { weight = 0 } # ERROR bad-value
  }
  mapping "c" {
  } # ERROR missing-attribute
  mapping "d" {
    from        = "b" # ERROR duplicate-name
    destination = "e"
  }
}
