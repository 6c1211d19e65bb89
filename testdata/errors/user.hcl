operator "O" {}

account "A" {
  user "u" {
    source_networks = [
      "10.0.0.0/8",
      "10.0.0.0", # ERROR bad-value
    ]
    times = [
      { start = "08:00:00", end = "18:00:00" },
      { start = "08:00:00", end = "08:00:00" },  # ERROR bad-value
    ]
    locale       = "Mars/Olympus" # ERROR bad-value
    inbox_prefix = "inbox.*"      # ERROR bad-subject
    push         = true           # ERROR field-requires

    publish {
      allow = [
        "a.b",
        "a b",  # ERROR bad-subject
        "a..b", # ERROR bad-subject
      ]
    }
    subscribe {
      allow = [
        "a.b workers",
        "a.b workers more", # ERROR bad-subject
      ]
    }
    responses {
      max = 0 # ERROR bad-value
    }
  }
}
