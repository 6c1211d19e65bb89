# Core NATS between accounts: no stream, no storage. Messages that flow out
# (subject), and requests that come in (service).

operator "EXCHANGE" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "QUOTES" {
  # Users without access blocks are given their permissions by hand.
  user "feed" {
    publish { allow = ["quote.>"] }
    subscribe { deny = [">"] }
  }

  user "pricing" {
    publish { deny = [">"] }
    subscribe { allow = ["price.request pricing", "history.request.* pricing"] }
    responses {
      max = -1 # history answers with many messages
      ttl = "2m"
    }
  }
}

account "DESK" {
  user "trader" {
    access { shares = [share.quotes, share.price, share.history] }
  }
}

# One direction, no answer: whoever listens gets it.
share "quotes" {
  from    = account.QUOTES
  subject = "quote.*"

  to "DESK" {
    local_subject = "market.quote.$1"
  }
}

# A request and one answer. latency samples how long the answers take.
share "price" {
  from    = account.QUOTES
  service = "price.request"

  latency {
    sampling = 10
    results  = "latency.price"
  }

  to "DESK" {}
}

# A request and any number of answers, which must come one within a minute of
# the other. A single-response service would pass the first and drop the rest.
share "history" {
  from               = account.QUOTES
  service            = "history.request.*"
  response           = "stream"
  response_threshold = "1m"

  to "DESK" {}
}
