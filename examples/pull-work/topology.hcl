# A queue of work: UPLOADS puts pictures in, two other accounts take them out
# with pull consumers, each at its own pace. Nothing is pushed at anybody.

operator "STUDIO" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "UPLOADS" {
  jetstream {
    disk = "10GiB"
  }

  # Each picture goes once to RENDER and once to MODERATION: interest retention
  # removes it when both have acknowledged it.
  stream "PICTURES" {
    subjects  = ["picture.uploaded.*"]
    retention = "interest"
    max_bytes = "5GiB"

    consumer "THUMBNAILS" {
      ack_wait        = "2m"
      max_deliver     = 5
      max_ack_pending = 500
    }

    consumer "MODERATION" {
      ack_wait        = "10m"
      max_ack_pending = 50
    }
  }

  # Makes the stream and its consumers from generated/jetstream.
  user "deployer" {
    access { manage = [account.UPLOADS.stream.PICTURES] }
  }

  user "web" {
    access { publish = [account.UPLOADS.stream.PICTURES] }
  }
}

# A share needs no more than the consumer and who gets it. How many workers a
# user runs is its own affair: they all pull from the one consumer.
account "RENDER" {
  user "worker" {
    access { shares = [share.thumbnails] }
  }
}

account "MODERATION" {
  user "desk" {
    access { shares = [share.moderation] }
  }
}

share "thumbnails" {
  consumer = account.UPLOADS.stream.PICTURES.consumer.THUMBNAILS
  to "RENDER" {}
}

share "moderation" {
  consumer = account.UPLOADS.stream.PICTURES.consumer.MODERATION

  # Where MODERATION's clients reach the JetStream API of UPLOADS; without it
  # UPLOADS.API.
  to "MODERATION" {
    api_prefix = "pictures.API"
  }
}
