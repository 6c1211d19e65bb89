operator "O" {}

account "A" {
  description = ["a", "list"] # ERROR wrong-type
  tags        = "one"         # ERROR wrong-type
  limits      = {}            # ERROR wrong-type

  jetstream {}

  stream "S" {
    subjects     = ["a.>", 3] # ERROR wrong-type
    num_replicas = "one"      # ERROR wrong-type
    no_ack       = "yes"      # ERROR wrong-type
    max_age      = "30s" != "" # ERROR wrong-type
    metadata     = { a = ["b"], c = { d = "e" }, f = "g" } # ERROR wrong-type
  }
}

account "B" {
  import "a" {
    from   = "A" # ERROR wrong-type
    stream = "a.>"
  }
}
