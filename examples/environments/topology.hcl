# One topology, three environments. What differs is a variable, and its values
# stand in env/: `jsc build --env prod` reads env/prod.hclvars, and keeps a lock,
# an output folder and thus keys of its own.

variable "environment" {
  type = string

  validation {
    condition     = contains(["dev", "stage", "prod"], var.environment)
    error_message = "environment is dev, stage or prod, not ${var.environment}"
  }
}

variable "servers" {
  description = "route URLs of the cluster's servers; one server without"
  type        = list(string)
  default     = []
}

variable "retention" {
  type    = string
  default = "1d"
}

locals {
  replicas = max(1, length(var.servers))
  exposed  = var.environment != "prod"
}

operator "SHOP" {
  description = "the shop's ${var.environment} environment"

  signing_key "2027" {} # signs accounts, so that the operator's own key stays offline
}

server {
  name         = "shop-${var.environment}"
  cluster_size = local.replicas
  http_port    = local.exposed ? 8222 : null # null is: not set

  dynamic "cluster" {
    for_each = local.replicas > 1 ? [var.servers] : []

    content {
      name   = "shop-${var.environment}"
      listen = "127.0.0.1:6222"
      routes = cluster.value
    }
  }
}

account "ORDERS" {
  jetstream {
    disk    = "1GiB"
    streams = 10
  }

  stream "ORDERS" {
    subjects     = ["order.>"]
    max_bytes    = "256MiB"
    max_age      = var.retention
    num_replicas = local.replicas

    consumer "MAIL" { max_ack_pending = 100 }
  }

  user "checkout" {
    access { publish = [account.ORDERS.stream.ORDERS] }
  }

  # Somebody to look around with, but not where the customers' data are.
  dynamic "user" {
    for_each = local.exposed ? ["developer"] : []
    labels   = [user.value]

    content {
      inbox_prefix = "_INBOX.developer" # so that the others' replies stay theirs

      subscribe { allow = ["order.>", "_INBOX.developer.>"] }
      publish { allow = ["$JS.API.STREAM.INFO.ORDERS"] }
    }
  }
}

account "MAIL" {
  user "sender" {
    access { shares = [share.mail] }
  }
}

share "mail" {
  consumer = account.ORDERS.stream.ORDERS.consumer.MAIL

  to "MAIL" {}
}
