operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    subjects = ["a.>"]
    consumer "A" {
      filter_subjects = [
        "a.b",
        "a.*", # ERROR filter-overlap
      ]
    }
  }
  stream "M" {
    mirror {
      name = "S"
      subject_transform {
        src  = "a.*"
        dest = "b.$1"
      }
      subject_transform {
        src  = "*.b" # ERROR filter-overlap
        dest = "c.$1"
      }
    }
  }
}
