# Files in an object store: BUILD puts releases in, DEVICES fetch them.
#
# Clients read an object by a consumer that they create, delivered to their
# inbox. So importers keep to an inbox prefix (_INBOX_<IMPORTER>), and they can
# create consumers, which is more than reading: jsc warns
# (share-consumer-create).

operator "FLEET" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "RELEASES" {
  jetstream {
    disk = "100GiB"
  }

  object_store "FIRMWARE" {
    max_bytes = "80GiB"
  }

  # Makes the store from generated/jetstream.
  user "deployer" {
    access { manage = [account.RELEASES.object_store.FIRMWARE] }
  }

  user "auditor" {
    access { read = [account.RELEASES.object_store.FIRMWARE] }
  }
}

# To overwrite or delete an object is to purge its chunks, and the server cannot
# hold a purge to some of them: whoever writes may empty the whole store.
account "BUILD" {
  user "ci" {
    access { shares = [share.publish-firmware] }
  }
}

account "DEVICES" {
  user "updater" {
    access { shares = [share.firmware] }
  }
}

share "publish-firmware" {
  object_store = account.RELEASES.object_store.FIRMWARE
  mode         = "write"
  to "BUILD" {}
}

share "firmware" {
  object_store = account.RELEASES.object_store.FIRMWARE
  to "DEVICES" {}
}
