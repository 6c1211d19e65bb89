
operator "O" {}

account "A" {
  user "both" {
    connection_types = ["STANDARD", "MQTT"] # WARNING account-without-jetstream
  }
  user "other" {
    connection_types = ["MQTT_WS", "WEBSOCKET"]
  }
}

account "B" {
  jetstream { streams = 5 }
  stream "S" { subjects = ["s"] }
  user "both" {
    connection_types = ["STANDARD", "WEBSOCKET"]
  }
  signing_key "k" {
    role {
      connection_types = ["MQTT"] # WARNING stream-limits-account
    }
  }
}

account "C" {
  jetstream {
    tier "R3" {
      streams = 1
    }
  }
  user "u" {
    connection_types = ["MQTT"]
  }
}
