operator "O" {}

account "A" {
  jetstream {}
  key_value "K" {}
  export "time" {
    service = "time.>"
    public  = true
  }
}

account "B" {
  import "time" {
    from          = account.A
    service       = "time.>"
    local_subject = "clock.>"
  }
  import "again" {
    from    = account.A
    service = "time.>" 
    local_subject = "other.>" # ERROR import-collision
  }
}

account "C" {
  jetstream {}
  stream "MINE" {
    subjects = ["mine.>"]
  }
  object_store "F" {}
}

account "D" {
  jetstream {}
  stream "THEIRS" {
    subjects = ["mine.a"]
  }
  object_store "F" {}
}

share "stored" {
  stream = account.C.stream.MINE
  mode   = "publish"
  to "D" {} # ERROR import-collision
}

share "objects" {
  object_store = account.C.object_store.F
  mode         = "write"
  watch        = false
  to "D" {} # ERROR import-collision
}

share "read" {
  key_value = account.A.key_value.K
  watch     = false
  to "B" {}
}

share "write" {
  key_value = account.A.key_value.K
  mode      = "write"
  watch     = false
  to "B" {
    api_prefix = "W.API" # ERROR import-collision
  }
}

share "clock" {
  service = "clock"
  from    = account.C
  to "B" {
    local_subject = "clock.now" # ERROR import-collision
  }
}

share "same" {
  service = "same"
  from    = account.C
  expires = "90d"
  to "B" {}
}

share "longer" {
  service = "same"
  from    = account.C
  expires = "2030-01-01"
  to "B" {} # ERROR import-collision
}
