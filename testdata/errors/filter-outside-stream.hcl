operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["a.>"]
    consumer "A" { filter_subject = "b" } # ERROR filter-outside-stream
    consumer "B" {
      filter_subjects = [
        "*.x",
        "c.*.y", # ERROR filter-outside-stream
      ]
    }
  }
  stream "M" {
    mirror { name = "S" }
    consumer "C" { filter_subject = "b" } # ERROR filter-outside-stream
  }
  stream "T" {
    subjects = ["t.*"]
    subject_transform {
      src  = "t.*"
      dest = "u.$1"
    }
    consumer "C" { filter_subject = "u.x" }
    consumer "D" { filter_subject = "t.x" } # ERROR filter-outside-stream
  }
  stream "R" {
    source { name = "elsewhere" }
    consumer "C" { filter_subject = "b" }
  }
}

account "B" {
  jetstream {}
}

share "read" {
  stream          = account.A.stream.T
  mode            = "source"
  filter_subjects = ["u.x", "t.y"] # ERROR filter-outside-stream # WARNING filter-not-a-boundary
  to "B" { trusted = true } # WARNING share-consumer-create
}

share "write" {
  stream          = account.A.stream.T
  mode            = "publish"
  filter_subjects = ["t.x", "u.y"] # ERROR filter-outside-stream
  to "B" {}
}
