operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    consumer "C" {
      rate_limit_bps = 5    # ERROR consumer-push-field
      idle_heartbeat = "1s" # ERROR consumer-push-field
      flow_control   = true # ERROR consumer-push-field
      deliver_group  = "g"  # ERROR consumer-push-field
    }
  }
}
