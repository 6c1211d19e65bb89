package verify

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jsc/compiler"
)

// TestUsers proves every kind as a user who has nothing but the share, and that
// a user without it is refused.
func TestUsers(t *testing.T) {
	const users = `
  user "has" {
    access { shares = [share.x] }
  }
  user "too" {
    access { shares = [share.x] }
  }
  user "idle" {
    access {}
  }`
	for name := range kindCases {
		t.Run(name, func(t *testing.T) {
			r := verifyText(t, kindTopology(name, "", "", users), Options{})
			if !r.OK() {
				t.Fatalf("not all proved:\n%s", table(t, r))
			}
			refused := false
			for i := range r.Rows {
				row := &r.Rows[i]
				refused = refused || row.Grant == "users"
				if sourced := strings.Contains(name, "source") || name == "mirror"; sourced || row.Grant == "users" || row.Grant == "others" {
					continue
				}
				if row.User != "too" {
					t.Errorf("%s was proved as user %q", row.Grant, row.User)
				}
			}
			if !refused {
				t.Errorf("no user was refused:\n%s", table(t, r))
			}
		})
	}
}

// TestLargeToken: a user whose token is longer than what a server's default
// max_control_line lets through is proved like any other.
func TestLargeToken(t *testing.T) {
	var streams, manage strings.Builder
	for i := range 5 {
		fmt.Fprintf(&streams, "stream \"OWN%d\" { subjects = [\"own%d\"] }\n", i, i)
		fmt.Fprintf(&manage, "account.B.stream.OWN%d, ", i)
	}
	r := verifyText(t, kindTopology("push", "", "", streams.String()+`
  user "has" {
    access {
      shares = [share.x]
      manage = [`+manage.String()+`]
    }
  }`), Options{})
	if !r.OK() {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
}

// TestUserLeak: a user who may do more than its access says is noticed.
func TestUserLeak(t *testing.T) {
	text := kindTopology("push", "", "", `
  stream "OWN" { subjects = ["own"] }
  user "both" {
    access {
      shares  = [share.x]
      publish = [account.B.stream.OWN]
    }
  }
  user "has" {
    access { shares = [share.x] }
  }
  user "idle" {
    access {}
  }
  user "own" {
    access { publish = [account.B.stream.OWN] }
  }`)
	if r := verifyText(t, text, Options{Messages: 10}); !r.OK() || rowOf(r, "users").Detail != "2 refused" {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
	administration := func(u *compiler.Permissions) { u.PublishAllow = append(u.PublishAllow, "A.API.STREAM.*.S") }
	info := func(u *compiler.Permissions) {
		u.PublishAllow, u.PublishDeny = append(u.PublishAllow, "A.API.CONSUMER.INFO.S.C"), nil
	}
	deliver := func(u *compiler.Permissions) {
		u.SubscribeAllow, u.SubscribeDeny = append(u.SubscribeAllow, "deliver.c"), nil
	}
	for _, x := range []struct {
		user, leak string
		widen      func(*compiler.Permissions)
	}{
		{"idle", "info", info},
		{"idle", "deliver", deliver},
		{"own", "info", info},
		{"own", "deliver", deliver},
		{"both", "administration", administration},
		{"has", "administration", administration},
		{"has", "all", func(u *compiler.Permissions) { u.SubscribeAllow = append(u.SubscribeAllow, ">") }},
	} {
		t.Run(x.user+" "+x.leak, func(t *testing.T) {
			top := compile(t, text)
			b := top.Accounts[slices.IndexFunc(top.Accounts, func(a *compiler.Account) bool { return a.Name == "B" })]
			x.widen(&b.Users[slices.IndexFunc(b.Users, func(u *compiler.User) bool { return u.Name == x.user })].Permissions)
			r, err := Run(t.Context(), top, Options{Messages: 10})
			if err != nil {
				t.Fatal(err)
			}
			if users := rowOf(r, "users"); users.Result != failed {
				t.Errorf("a user may do more than its access says, and nobody noticed:\n%s", table(t, r))
			}
		})
	}
}

// TestOwnerLeak: a user of the exporter who may publish into the stream, though
// its access is to do other things with it, is noticed.
func TestOwnerLeak(t *testing.T) {
	for _, x := range []struct{ kind, access, subject string }{
		{"push", "", "s.>"},
		{"push", "consume = [account.A.stream.S.consumer.C]", "s.>"},
		{"push", "manage = [account.A.stream.S]", "s.>"},
		{"kv-read", "read = [account.A.key_value.K]", "$KV.K.>"},
	} {
		t.Run(x.access, func(t *testing.T) {
			text := strings.Replace(kindTopology(x.kind, "", "", ""), "account \"A\" {", "account \"A\" {\n  user \"own\" {\n    access { "+x.access+" }\n  }", 1)
			if r := verifyText(t, text, Options{Messages: 10}); !r.OK() || rowOf(r, "users").Detail != "1 refused" {
				t.Errorf("not all proved:\n%s", table(t, r))
			}
			top := compile(t, text)
			may := &top.Accounts[slices.IndexFunc(top.Accounts, func(a *compiler.Account) bool { return a.Name == "A" })].Users[0].Permissions
			may.PublishAllow, may.PublishDeny = append(may.PublishAllow, x.subject), nil
			r, err := Run(t.Context(), top, Options{Messages: 10})
			if err != nil {
				t.Fatal(err)
			}
			if users := rowOf(r, "users"); users.Result != failed {
				t.Errorf("a user may publish more than its access says, and nobody noticed:\n%s", table(t, r))
			}
		})
	}
}
