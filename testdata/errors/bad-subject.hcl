operator "O" {}

account "A" {
  jetstream {}

  stream "S" {
    subjects = ["a..b", "c d", "e.>.f", "ok.>"] # ERROR bad-subject bad-subject bad-subject
  }

  export "x" {
    service = "" # ERROR bad-subject
  }
}

account "C" {
  export "twin" {
    service = "ask\ufe0f" # ERROR bad-subject
  }
}

# An export that is refused may be the one that is imported.
account "EXPORTER" {
  export "odd" {
    service = "a.>.b" # ERROR bad-subject
  }
}

account "IMPORTER" {
  import "odd" {
    from    = account.EXPORTER
    service = "a.c.b"
  }
}
