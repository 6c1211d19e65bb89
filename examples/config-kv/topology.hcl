# Configuration in a key-value bucket: DEPLOY writes it, API and WORKERS read
# and watch it.
#
# Clients watch by a consumer that they create, and its messages come to their
# inbox. So a bucket's share has an inbox prefix (_INBOX_<IMPORTER>) that the
# client must use, and importers can create consumers, which is more than
# reading: jsc warns (share-consumer-create). watch = false takes both away.

operator "PLATFORM" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "CONFIG" {
  jetstream {
    disk = "100MiB"
  }

  key_value "SETTINGS" {
    history   = 5
    max_bytes = "10MiB"
  }

  # Makes the bucket from generated/jetstream.
  user "deployer" {
    access { manage = [account.CONFIG.key_value.SETTINGS] }
  }

  user "support" {
    access { write = [account.CONFIG.key_value.SETTINGS] }
  }
}

account "DEPLOY" {
  user "pipeline" {
    access { shares = [share.write-settings] }
  }
}

account "API" {
  user "server" {
    access { shares = [share.settings] }
  }
}

account "WORKERS" {
  user "worker" {
    access { shares = [share.look-up] }
  }
}

# get, put, create, compare-and-set, delete, watch, keys and history.
share "write-settings" {
  key_value = account.CONFIG.key_value.SETTINGS
  mode      = "write"
  to "DEPLOY" {}
}

# get, watch, keys and history, but no put.
share "settings" {
  key_value = account.CONFIG.key_value.SETTINGS
  to "API" {}
}

# get alone: no inbox prefix to keep and no consumers to create.
share "look-up" {
  key_value = account.CONFIG.key_value.SETTINGS
  watch     = false
  to "WORKERS" {}
}
