operator "O" {}

account "A" "B" {} # ERROR syntax
account {}         # ERROR syntax
