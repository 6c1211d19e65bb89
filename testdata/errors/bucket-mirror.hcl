# Buckets that are mirrors: clients read a key-value bucket of another domain,
# and nothing else.
operator "O" {}

account "A" {
  jetstream {}

  key_value "K" {}

  object_store "O" {}

  key_value "FAR" {
    mirror {
      name = "K"
      external { api = "$JS.hub.API" }
    }
  }

  key_value "NEAR" {
    mirror { name = "K" }
  }

  object_store "OCOPY" {
    mirror {
      name = "O"
      external { api = "$JS.hub.API" }
    }
  }

  user "own" {
    access {
      read = [
        account.A.key_value.K,
        account.A.key_value.FAR,
        account.A.key_value.NEAR,      # ERROR bad-value
        account.A.object_store.OCOPY,  # ERROR bad-value
      ]
      write = [
        account.A.key_value.K,
        account.A.key_value.FAR, # ERROR bad-value
      ]
    }
  }
}

account "B" {}

share "far" {
  key_value = account.A.key_value.FAR
  watch     = false
  to "B" {}
}

share "far-write" {
  key_value = account.A.key_value.FAR # ERROR share-mode
  mode      = "write"
  watch     = false
  to "B" {}
}

share "near" {
  key_value = account.A.key_value.NEAR # ERROR share-mode
  watch     = false
  to "B" {}
}

share "objects" {
  object_store = account.A.object_store.OCOPY # ERROR share-mode
  to "B" {} # WARNING share-consumer-create
}
