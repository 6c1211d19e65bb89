operator "O" {}

account "A" {
  export "none" {
  } # ERROR missing-attribute

  export "both" {
    stream  = "both"
    service = "both" # ERROR field-conflict
  }

  export "s" {
    stream                 = "s.*"
    response               = "single" # ERROR response-on-stream
    response_threshold     = "1s"     # ERROR response-on-stream
    allow_trace            = true     # ERROR field-requires
    account_token_position = 1        # ERROR account-token-position
    latency { # ERROR latency-on-stream
      sampling = 10
      results  = "lat"
    }
  }

  export "streamed" {
    service  = "streamed"
    response = "stream"
    latency { # ERROR latency-on-stream
      sampling = 10
      results  = "lat"
    }
  }

  export "loop" {
    service = "loop.>"
    latency {
      sampling = "headers"
      results  = "loop.lat" # ERROR bad-subject
    }
  }

  export "sampled" {
    service = "sampled"
    latency {
      sampling = 101    # ERROR bad-value
      results  = "lat.*" # ERROR bad-subject
    }
  }
}
