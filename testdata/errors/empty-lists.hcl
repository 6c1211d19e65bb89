operator "O" {}

variable "offices" {
  type    = list(string)
  default = []
}

account "A" {
  jetstream {}

  signing_key "app" {
    role {
      source_networks  = [for o in var.offices : "${o}/32"] # ERROR bad-value
      times            = []                                 # ERROR bad-value
      connection_types = []                                 # ERROR bad-value
    }
  }

  user "u" {
    source_networks  = []   # ERROR bad-value
    times            = []   # ERROR bad-value
    connection_types = null
    publish { allow = [] }
  }

  user "null" {
    source_networks  = null
    connection_types = ["STANDARD"]
    subscribe { deny = [] }
  }

  stream "S" {
    subjects = ["s.>"]
    consumer "C" {
      filter_subjects = [] # ERROR bad-value
    }
  }
  key_value "K" {}
}

account "B" {}

share "keys" {
  key_value       = account.A.key_value.K
  filter_subjects = [] # ERROR bad-value
  watch           = false
  to "B" {}
}

share "publish" {
  stream          = account.A.stream.S
  mode            = "publish"
  filter_subjects = [] # ERROR bad-value
  to "B" {}
}
