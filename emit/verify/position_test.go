package verify

import "testing"

// TestTokenPosition proves services that demand the importer's key in their
// subject: given to one account, open to all, and imported by hand; as users
// who have nothing else too.
func TestTokenPosition(t *testing.T) {
	r := verifyText(t, `
operator "O" {}
account "A" {}
account "B" {
  user "access" {
    access { shares = [share.given, share.both] }
  }
  import "open" {
    from          = account.A
    service       = "open.${account.B.public_key}.get.it"
    local_subject = "get.it"
  }
}
account "C" {}
share "given" {
  from                   = account.A
  service                = "given.*.get"
  account_token_position = 2
  to "B" {}
}
share "both" {
  from                   = account.A
  service                = "both.*.get"
  account_token_position = 2
  public                 = true
  to "B" {}
}
share "open" {
  from                   = account.A
  service                = "open.*.get.*"
  account_token_position = 2
  public                 = true
}
`, Options{})
	proved := map[string]string{}
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Grant == "service" || row.Grant == "import" {
			proved[row.Share] = row.To + " " + row.User
		}
	}
	want := map[string]string{"given": "B access", "both": "B access", "open": "anybody ", "import/open": "B "}
	for share, to := range want {
		if proved[share] != to {
			t.Errorf("share %s was proved for %q, not %q", share, proved[share], to)
		}
	}
	if !r.OK() {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
}
