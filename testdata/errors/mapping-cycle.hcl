operator "O" {}

account "A" {
  mapping "a.*" {
    destination = "b.$1"
  }
  mapping "b.x" {
    destination = "c"
  }
  mapping "c" { # ERROR mapping-cycle
    destination = "a.y"
  }
  mapping "d.*" {
    to "d.$1" { weight = 50 }
    to "e.$1" { weight = 50 }
  }
}
