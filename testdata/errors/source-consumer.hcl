
operator "O" {}

account "A" {
  jetstream {}
  stream "X" {
    subjects = ["x.>"]
    consumer "C" {
      ack_policy      = "flow_control"
      deliver_subject = "d"
    }
    consumer "PUSH" {
      deliver_subject = "p"
    }
    consumer "GROUP" {
      ack_policy      = "flow_control"
      deliver_subject = "g"
      deliver_group   = "g" # ERROR field-conflict
    }
    consumer "CAPTURED" {
      ack_policy      = "flow_control"
      deliver_subject = "stored.here" # ERROR deliver-subject-cycle
    }
  }
  stream "STORED" { subjects = ["stored.*"] }
  key_value "K" {}
  stream "S" {
    source {
      name = "X"
      consumer {
        name            = "C"
        deliver_subject = "e" # ERROR bad-value
      }
    }
    source {
      name = "X"
      consumer {
        name            = "PULL" # WARNING unknown-reference
        deliver_subject = "d"
      }
    }
    source {
      name = "X"
      consumer {
        name            = "PUSH" # ERROR bad-value
        deliver_subject = "p"
      }
    }
    source {
      name = "ELSEWHERE"
      consumer {
        name            = "C"
        deliver_subject = "e"
      }
    }
    source {
      name = "KV_K"
      consumer {
        name            = "C"
        deliver_subject = "e"
      }
    }
  }
}
