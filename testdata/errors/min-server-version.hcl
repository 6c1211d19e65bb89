operator "O" {}

server { version = "2.11.4" }

account "A" {
  jetstream {}
  stream "S" {
    allow_msg_ttl  = true
    allow_atomic   = true # ERROR min-server-version
    allow_batched  = true # ERROR min-server-version
    source { # ERROR min-server-version
      name = "X"
      consumer {
        name            = "c"
        deliver_subject = "d"
      }
    }
    consumer "C" {
      ack_policy      = "flow_control" # ERROR min-server-version
      deliver_subject = "to.c"
    }
    consumer "D" {
      priority_policy = "prioritized" # ERROR min-server-version
      priority_groups = ["g"]
    }
  }
}
