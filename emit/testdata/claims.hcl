# Every field of every token has a value here.
operator "OP" {
  service_urls          = ["tls://nats.example.com:4222"]
  account_server_url    = "https://nats.example.com/jwt/v1"
  strict_signing_keys   = true
  assert_server_version = "2.15.0"
  tags                  = ["Prod"]
  expires               = "2030-01-31"
  signing_key "main" {}
  signing_key "spare" {}
}

server {
  cluster_size = 3
  cluster { routes = ["nats://a:6222", "nats://b:6222", "nats://c:6222"] }
}

account "A" {
  description     = "all of it"
  info_url        = "https://example.com/a"
  tags            = ["Team-A"]
  expires         = "30d"
  signed_by       = "spare"
  cluster_traffic = "owner"

  limits {
    connections      = 10
    leaf_nodes       = 2
    subscriptions    = 100
    data             = "1GiB"
    payload          = "1MiB"
    imports          = 20
    exports          = 30
    wildcard_exports = true
  }
  jetstream {
    tier "R1" {
      memory             = "1MiB"
      disk               = "2MiB"
      streams            = 3
      consumers          = 4
      max_ack_pending    = 5
      memory_max_stream  = "10KiB"
      disk_max_stream    = "20KiB"
      max_bytes_required = true
    }
    tier "R3" { disk = "unlimited" }
  }
  signing_key "scoped" {
    description = "for devices"
    role {
      publish { allow = ["devices.{{name()}}"] }
      subscribe { deny = ["secret.>"] }
      responses {
        max = 3
        ttl = "2s"
      }
      subscriptions    = 7
      payload          = "1KiB"
      connection_types = ["MQTT"]
    }
  }
  signing_key "plain" {}
  default_permissions {
    publish { deny = ["forbidden"] }
  }
  mapping "in.*" {
    to "one.$1" { weight = 60 }
    to "two.$1" {
      weight  = 40
      cluster = "east"
    }
  }
  trace {
    destination = "traces"
    sampling    = 50
  }
  auth_callout {
    users            = ["callout"]
    allowed_accounts = ["B"]
  }
  export "raw" {
    description            = "raw one"
    service                = "raw.*"
    response               = "single"
    response_threshold     = "5s"
    advertise              = true
    allow_trace            = true
    info_url               = "https://example.com/raw"
    latency {
      sampling = "headers"
      results  = "latency"
    }
  }
  export "tagged" {
    service                = "tagged.*"
    response               = "chunked"
    account_token_position = 2
    public                 = true
  }
  export "open" {
    stream = "open.>"
    public = true
  }
  user "callout" {}
  user "device" { signing_key = "scoped" }
  user "full" {
    signing_key = "plain"
    tags        = ["Blue"]
    expires     = "2029-01-01"
    publish {
      allow = ["p.>"]
      deny  = ["p.x"]
    }
    subscribe { allow = ["s.*", "q group"] }
    responses { max = 1 }
    source_networks  = ["10.0.0.0/8"]
    times            = [{ start = "08:00:00", end = "17:00:00" }]
    locale           = "Europe/Berlin"
    connection_types = ["STANDARD", "WEBSOCKET"]
    subscriptions    = 5
    data             = 6
    payload          = 7
    proxy_required   = true
  }
  user "token" { bearer = true }
}

account "B" {
  import "raw" {
    from          = account.A
    service       = "raw.*"
    local_subject = "a.raw.$1"
    share         = true
  }
  import "open" {
    from        = account.A
    stream      = "open.>"
    allow_trace = true
  }
}
