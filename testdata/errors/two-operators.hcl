operator "A" {}

operator "B" {} # ERROR two-operators
