package verify_test

import (
	"slices"
	"testing"

	"jsc/emit/lock"
)

// TestSystemAccount: users of the system account see all accounts, as `nats
// server report` does, and an account that imports its own monitoring sees
// itself and nobody else (docs/security.md E1).
func TestSystemAccount(t *testing.T) {
	s := newSite(t)
	s.boot(`
operator "O" {}
account "SYS" {
  user "monitor" {}
}
account "A" {
  user "app" {}
  import "connections" {
    from    = account.SYS
    service = "$SYS.REQ.ACCOUNT.${account.A.public_key}.CONNZ"
  }
  import "events" {
    from   = account.SYS
    stream = "$SYS.ACCOUNT.${account.A.public_key}.>"
  }
}
account "B" {}
`)
	a, b := s.public(lock.AccountID("A")), s.public(lock.AccountID("B"))
	connz := func(account string) string { return "$SYS.REQ.ACCOUNT." + account + ".CONNZ" }
	events := s.listen("A/app", "$SYS.ACCOUNT.*.>")
	s.as("B")

	data := s.api("SYS/monitor", "$SYS.REQ.SERVER.PING.ACCOUNTZ", "")["data"].(map[string]any)
	for _, account := range []string{a, b, s.public(lock.AccountID("SYS"))} {
		if !slices.Contains(data["accounts"].([]any), any(account)) {
			t.Errorf("account %s is not in %v", account, data["accounts"])
		}
	}
	for who, account := range map[string]string{"SYS/monitor": b, "A/app": a} {
		data := s.api(who, connz(account), "")["data"].(map[string]any)
		if n := data["num_connections"].(float64); n != 1 {
			t.Errorf("%s sees %v connections of %s", who, n, account)
		}
	}
	if got := s.answer("A/app", connz(b), ""); got != "" {
		t.Errorf("A sees B's connections: %s", got)
	}

	s.as("A")
	if m := s.hears(events); m.Subject != "$SYS.ACCOUNT."+a+".CONNECT" && m.Subject != "$SYS.ACCOUNT."+a+".SERVER.CONNS" {
		t.Errorf("A hears of %s", m.Subject)
	}
}
