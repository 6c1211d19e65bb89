# Open to every account of the operator: no list of importers and no tokens.
# Whoever wants it imports it, with a share's to block or an import block.

operator "CAMPUS" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "NEWS" {
  user "newsroom" {
    publish { allow = ["news.>"] }
    subscribe { deny = [">"] }
  }

  user "weather-station" {
    publish { deny = [">"] }
    subscribe { allow = ["weather.now.* stations"] }
    responses { max = 1 }
  }
}

share "news" {
  from    = account.NEWS
  subject = "news.>"
  public  = true

  # With to, jsc makes the import as well.
  to "LIBRARY" {}
}

# The importer's own public key is a token of the subject: the server lets each
# account ask with its own key only, and the service sees who asks.
share "weather" {
  from                   = account.NEWS
  service                = "weather.now.*"
  public                 = true
  account_token_position = 3
}

account "LIBRARY" {
  user "screen" {
    access { shares = [share.news] }
  }
}

# Nobody listed CAFE: it imports by itself.
account "CAFE" {
  import "weather" {
    from          = account.NEWS
    service       = "weather.now.${account.CAFE.public_key}"
    local_subject = "weather.now"
  }

  user "terrace" {
    publish { allow = ["weather.now"] }
    subscribe { allow = ["_INBOX.>"] }
  }
}
