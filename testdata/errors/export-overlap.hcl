operator "O" {}

account "A" {
  export "all" {
    service = "api.>"
  }
  export "one" {
    service = "api.one"
  }
  export "left" {
    service = "left.*.x"
  }
  export "jwt" {
    stream = "x.a.>"
  }
  export "library" { # ERROR export-overlap
    stream = "x.*.*"
  }
  export "same" {
    stream = "twice"
  }
  export "again" { # ERROR export-overlap
    stream = "twice"
  }
}

account "B" {}

# Wider than "one" and "all", which have the same terms: merged.
share "merged" {
  service = "api.one"
  from    = account.A
  to "B" {}
}

share "many" { # ERROR export-overlap
  service  = "api.many"
  from     = account.A
  response = "stream"
  to "B" {}
}

share "right" { # ERROR export-overlap
  service  = "left.x.*"
  from     = account.A
  response = "chunked"
  to "B" {}
}

share "open" { # ERROR export-overlap
  service = "api.open"
  from    = account.A
  public  = true
}
