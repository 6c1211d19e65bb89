operator "O" {}

account "A" {
  description = upper(1, 2)          # ERROR bad-expression
  info_url    = uper("a")            # ERROR unknown-reference
  tags        = [format("%9999d", 1)] # ERROR evaluation-limit
}
