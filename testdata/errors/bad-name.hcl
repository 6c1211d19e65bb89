operator "O" {}

account "A" {
  name = "" # ERROR bad-name
}

account "B" {
  user "u" {
    name = format("%s", jsondecode("\"a\\u0007b\"")) # ERROR bad-name
  }
}

account "C" {
  name = join("", [for n in range(256) : "x"]) # ERROR bad-name
}

account "D" {
  name = "C\ufe0f" # ERROR bad-name
}

account "E" {
  name = "C\u3164" # ERROR bad-name
}

account "F" {
  name = "C\u034f" # ERROR bad-name

  jetstream {
    disk = "1GiB"
  }

  stream "S" {
    name      = "S\u200b" # ERROR bad-name
    subjects  = ["s"]
    max_bytes = "1MiB"

    consumer "C" {
      name = "C\ufe0e" # ERROR bad-name
    }
  }
}

server {
  name = "s\u202e" # ERROR bad-name
}
