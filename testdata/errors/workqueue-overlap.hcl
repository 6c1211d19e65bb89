operator "O" {}

account "A" {
  jetstream {}
  stream "S" {
    retention = "workqueue"
    subjects  = ["a.>"]
    consumer "A" { filter_subject = "a.*.1" }
    consumer "B" {
      filter_subjects = [
        "a.2",
        "a.1.*", # ERROR workqueue-overlap
      ]
    }
    consumer "C" {} # ERROR workqueue-overlap
  }
  stream "T" {
    retention = "workqueue"
    subjects  = ["b.>"]
    consumer "A" {}
    consumer "B" {} # ERROR workqueue-overlap
  }
}
