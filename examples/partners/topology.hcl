# Two companies. ACME signs its own accounts; CARRIER is a customer of another
# operator, and only its account's public key is known here. jsc writes what
# CARRIER needs into generated/activations: CARRIER.json for somebody with jsc,
# and for nsc one .jwt a token with a README of commands. They hold tokens made
# out to CARRIER's key, no secret: mail them. ACME's servers must trust CARRIER's
# operator too and hold its account: docs/shares.md, "Public shares and strangers".

operator "ACME" {
  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

account "ORDERS" {
  jetstream {
    disk = "10GiB"
  }

  signing_key "shares" {} # signs what ORDERS hands out

  stream "SHIPMENTS" {
    subjects  = ["shipment.*"]
    max_age   = "30d"
    max_bytes = "5GiB"

    # A consumer for this partner alone. A pull consumer gives it the messages
    # of this consumer and nothing else of the stream.
    consumer "CARRIER" {
      filter_subject  = "shipment.ready"
      ack_wait        = "1m"
      max_ack_pending = 100
    }
  }

  # Makes the stream and its consumer from generated/jetstream.
  user "deployer" {
    access { manage = [account.ORDERS.stream.SHIPMENTS] }
  }

  user "warehouse" {
    access { publish = [account.ORDERS.stream.SHIPMENTS] }
  }

  # Answers the partner's questions.
  user "desk" {
    publish { deny = [">"] }
    subscribe { allow = ["ask.shipment.* desk"] }
    responses {
      max = 1
      ttl = "1m"
    }
  }
}

account "CARRIER" {
  external   = true
  public_key = "ACPB372G5VS6M6SW7E6SIHBMIYCQZHSKTCVVMIHMG5SERVAXG4HGHOZZ"
}

# Everything for a stranger ends by itself. A build renews what has less than
# renew_before left: then send the new bundle.
share "ready" {
  consumer     = account.ORDERS.stream.SHIPMENTS.consumer.CARRIER
  expires      = "90d"
  renew_before = "30d"
  to "CARRIER" {}
}

share "ask" {
  from         = account.ORDERS
  service      = "ask.shipment.*"
  expires      = "90d"
  renew_before = "30d"
  to "CARRIER" {}
}
