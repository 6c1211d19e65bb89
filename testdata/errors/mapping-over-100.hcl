operator "O" {}

account "A" {
  mapping "orders.*" {
    to "new.$1" {
      weight = 60
    }
    to "old.$1" {
      weight = 50 # ERROR mapping-over-100
    }
    to "east.$1" {
      weight  = 100
      cluster = "east"
    }
  }
}
