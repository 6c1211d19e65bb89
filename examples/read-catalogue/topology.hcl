# A catalogue that others read as they like, from the beginning or the latest
# entry of a product: SHOP makes ordered consumers and direct gets of its own.
#
# To read freely is to create consumers, and whoever may create consumers on a
# stream decides where the server delivers its messages: to any subject of
# CATALOGUE. So jsc warns (share-consumer-create). Do this inside one
# organisation only; with others share a pull consumer, as in pull-work.

operator "MARKET" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "CATALOGUE" {
  jetstream {
    disk = "1GiB"
  }

  stream "PRODUCTS" {
    subjects             = ["product.*"] # product.<id>
    max_msgs_per_subject = 10
    max_bytes            = "512MiB"
    allow_direct         = true # any replica answers, not only the leader
  }

  # Makes the stream from generated/jetstream.
  user "deployer" {
    access { manage = [account.CATALOGUE.stream.PRODUCTS] }
  }

  user "editor" {
    access { publish = [account.CATALOGUE.stream.PRODUCTS] }
  }
}

account "SHOP" {
  user "frontend" {
    access { shares = [share.products] }
  }
}

# The stream has no pull consumers besides the readers' own. If it had, readers
# could take their messages (read-steals-pull): then share a mirror of it.
share "products" {
  stream = account.CATALOGUE.stream.PRODUCTS
  mode   = "read" # the default

  to "SHOP" {
    api_prefix = "CATALOGUE.API"
  }
}
