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

# Whoever subscribes in F gets each message twice.
account "E" {
  export "news" {
    stream = "news.*.>"
  }
  export "day" {
    stream = "day.*"
  }
}

account "F" {
  import "all" {
    from   = account.E
    stream = "news.*.>"
  }
  import "some" {
    from          = account.E
    stream        = "news.a.*"
    local_subject = "news.a.*" # ERROR import-collision
  }
  import "elsewhere" {
    from          = account.E
    stream        = "news.b.*"
    local_subject = "b.*"
  }
  import "day" {
    from          = account.E
    stream        = "day.*"
    local_subject = "today.$1"
  }
  import "monday" {
    from          = account.E
    stream        = "day.monday"
    local_subject = "today.monday" # ERROR import-collision
  }
  import "tuesday" {
    from          = account.E
    stream        = "day.tuesday"
    local_subject = "today.first"
  }
}
