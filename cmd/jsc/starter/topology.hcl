# Two accounts and one thing that crosses between them. Rename, remove, add;
# then
#
#   jsc fmt                      tidy up
#   jsc build --generate-keys    make keys, sign tokens, write generated/
#   jsc verify                   prove every share on a nats-server in this process
#   jsc explain share.orders     what crosses, why, and how clients use it
#
# Commit this file, jsc.lock.json and generated/. Keep .jsc/keys out of git and
# safe: who has them is the operator.

operator "EXAMPLE" {
  # Signs the accounts, so that the operator's own key can be kept offline.
  signing_key "main" {}
}

# What of the servers matters to what is compiled.
server {
  jetstream {}
}

# ORDERS owns the stream of orders.
account "ORDERS" {
  description = "takes orders"

  # JetStream is off without this block.
  jetstream {
    disk = "1GiB"
  }

  stream "ORDERS" {
    subjects  = ["orders.>"]
    max_bytes = "256MiB"
    max_age   = "30d"

    # Workers pull from it; what they do not acknowledge comes again.
    consumer "shipping" {
      ack_wait        = "30s"
      max_ack_pending = 1000
    }
  }

  # May publish to the stream's subjects and nothing else.
  user "shop" {
    access { publish = [account.ORDERS.stream.ORDERS] }
  }
}

# SHIPPING works on the orders. It needs no JetStream of its own.
account "SHIPPING" {
  description = "sends parcels"

  # May use what the share brings and nothing else.
  user "worker" {
    access { shares = [share.orders] }
  }
}

# All that crosses: SHIPPING pulls from the consumer and acknowledges. Exports,
# imports and activation tokens follow from this.
share "orders" {
  consumer = account.ORDERS.stream.ORDERS.consumer.shipping

  to "SHIPPING" {}
}
