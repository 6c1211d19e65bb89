# Checksum and role are right, and still none is a key: too short, or a point of
# small order, for which anybody can sign.

operator "O" {
  public_key = "OAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAH67" # ERROR bad-value
}

account "A" {
  public_key = "AAAAAAAAAAAAAAAA" # ERROR bad-value

  user "short" {
    public_key = "UAAAAAAAAAAAB2MG" # ERROR bad-value
  }
  user "small" {
    public_key = "UAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABVBG" # ERROR bad-value
  }
  revoke "x" { user = "UAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABVBG" } # ERROR unknown-reference
}

account "B" {
  public_key = "AAAQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAARSZ" # ERROR bad-value
}

# A short key of another role is not told to be that role's.
account "C" {
  public_key = "UAAAAAAAAAAAB2MG" # ERROR bad-value
}
