package verify_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"

	"jsc/emit"
	"jsc/emit/lock"
)

// rotating is a topology between whose clients there is traffic; more stands in
// the blocks of the operator, of account A and of A's user.
func rotating(resolver, operator, account, user string) string {
	return fmt.Sprintf(`
operator "O" {
  %s
}
server {
  resolver {
    %s
  }
}
account "SYS" {
  user "deploy" { push = true }
}
account "A" {
  %s
  jetstream {}
  stream "S" {
    subjects  = ["s.>"]
    max_bytes = "1GiB"
  }
  user "app" {
    %s
  }
}
account "B" {
  user "app" {}
}
share "ask" {
  service = "ask"
  from    = account.A
  to "B" { local_subject = "a.ask" }
}
share "news" {
  subject = "news.>"
  from    = account.A
  to "B" {}
}
`, operator, resolver, account, user)
}

// begin boots a server on the topology, and the traffic.
func (s *site) begin(text string) *traffic {
	s.t.Helper()
	s.port = freePorts(s.t.(*testing.T), 1)
	s.boot(text)
	return s.flow(s.join("A", "app"), s.join("B", "app"))
}

// issuer is the key that signed a token of the last build.
func (s *site) issuer(id string) string {
	s.t.Helper()
	claims, err := jwt.Decode(s.plan.Token(id).Text)
	s.must(err)
	return claims.Claims().Issuer
}

// TestOperatorKeyRotation replaces the key that signs accounts, in the order of
// docs/security.md, on a server with clients. Only the two restarts that a
// changed operator token needs are noticed.
func TestOperatorKeyRotation(t *testing.T) {
	for way, w := range brings(t) {
		t.Run(way, func(t *testing.T) {
			s := newSite(t)
			topology := func(keys string) string { return rotating(w.resolver, keys, "", "") }
			old, next := lock.OperatorSigningKeyID("O", "old"), lock.OperatorSigningKeyID("O", "next")
			signs := func(id string) {
				t.Helper()
				for _, a := range []string{"A", "B", "SYS"} {
					if got := s.issuer(lock.AccountID(a)); got != s.public(id) {
						t.Errorf("account %s is not signed by %s", a, id)
					}
				}
			}
			f := s.begin(topology(`signing_key "old" {}`))
			signs(old)
			f.undisturbed("nothing", 0, func() {})

			both := topology("signing_key \"next\" {}\n  signing_key \"old\" {}")
			s.build(both)
			if len(s.plan.Waiting) != 1 || s.plan.Waiting[0] != next {
				t.Errorf("waiting are %v", s.plan.Waiting)
			}
			signs(old)
			f.undisturbed("a reload with the new operator.jwt, which fails", 0, func() {
				if s.server.Reload() == nil {
					t.Error("a reload takes a changed operator.jwt")
				}
			})
			f.restarted("1. old and new key: restart", s.restart)

			s.build(both)
			signs(next)
			f.undisturbed("2. accounts signed by the new key: "+way, 2, func() { w.bring(s) })

			s.build(topology(`signing_key "next" {}`))
			f.restarted("3. without the old key: restart", s.restart)
			signs(next)
			f.undisturbed("afterwards", 2, func() { w.bring(s) })
			f.kept()

			// What whoever kept the old key makes of an account has no effect. A full
			// resolver stores it all the same, until the true one is pushed again.
			forged := s.claims("A")
			forged.Revoke("*")
			text, err := forged.Encode(s.pair(old))
			s.must(err)
			f.undisturbed("an account token by the old key is pushed", 0, func() {
				if _, err := s.ask("SYS/deploy", "$SYS.REQ.CLAIMS.UPDATE", text); err != nil {
					t.Logf("the server says %v", err)
				}
			})
			w.bring(s)
			if s.inForce("A") != s.plan.Token(lock.AccountID("A")).Text {
				t.Error("the true token is not the resolver's")
			}
		})
	}
}

// TestUntrustedIssuer: a full resolver stores an account's token whoever signed
// it. The server goes on with the one that it has, and after a restart with
// none, until the true one is pushed. Only users that may push can do that.
func TestUntrustedIssuer(t *testing.T) {
	s := newSite(t)
	s.build(withSystem(full(t), "one B"))
	s.start()
	s.serve("A", "svc.one", "answer")
	genuine, forged := s.plan.Token(lock.AccountID("A")).Text, s.claims("A")
	text, err := forged.Encode(s.pair(lock.OperatorID("stranger")))
	s.must(err)
	s.push("A", text)
	if s.answer("B", "a.one", "") != "answer" {
		t.Error("the stranger's token has an effect at once")
	}
	s.restart()
	user := lock.UserID("A", "admin")
	if _, err := s.connect(user, s.token("A", s.public(user)), ""); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("after a restart A's users connect with %v", err)
	}
	s.push("A", genuine)
	s.serve("A", "svc.one", "answer")
	s.push("B", s.plan.Token(lock.AccountID("B")).Text)
	if s.answer("B", "a.one", "") != "answer" {
		t.Error("the true token does not mend it")
	}
}

// TestOperatorKeyLeaked replaces the key that signs accounts in one step: the
// operator's own signs meanwhile. With half of the output, the new operator.conf
// beside the old resolver.conf, the server has no account; with all of it,
// clients notice the restart.
func TestOperatorKeyLeaked(t *testing.T) {
	for way, w := range brings(t) {
		t.Run(way, func(t *testing.T) {
			s := newSite(t)
			topology := rotating(w.resolver, `signing_key "ci" {}`, "", "")
			f := s.begin(topology)
			f.end()
			was := s.files["resolver.conf"]

			id := lock.OperatorSigningKeyID("O", "ci")
			s.lock.Retire(id, s.public(id))
			delete(s.pairs, id)
			s.lock.Keys[id] = s.public(id)
			s.build(topology)
			whole := s.files["resolver.conf"]
			s.files["resolver.conf"] = was
			s.write()
			s.stop()
			s.until("the clients see that it is gone", func() bool { return !f.a.IsConnected() && !f.b.IsConnected() })
			if err := s.tryStart(); err == nil {
				s.until("the clients are refused", func() bool { return f.a.refused() && f.b.refused() })
			} else {
				t.Logf("the server says %v", err)
			}
			s.stop()
			s.files["resolver.conf"] = whole
			s.write()
			s.start()
			s.until("the clients are back", func() bool { return f.a.IsConnected() && f.b.IsConnected() })

			f = s.flow(f.a, f.b)
			f.undisturbed("restarted with all of it", 0, func() {})
			s.build(topology)
			f.undisturbed("built again, accounts signed by the new key: "+way, 2, func() { w.bring(s) })
			if s.issuer(lock.AccountID("A")) != s.public(id) {
				t.Error("the new key does not sign")
			}
		})
	}
}

// TestAccountKeyRotation replaces the key that signs an account's users and
// activations, in the order of docs/security.md. Nobody notices: each client
// reconnects when it installs its new credentials, and who still has the old
// ones is cut off in the end.
func TestAccountKeyRotation(t *testing.T) {
	for way, w := range brings(t) {
		t.Run(way, func(t *testing.T) {
			s := newSite(t)
			topology := func(keys, user string) string { return rotating(w.resolver, "", keys, user) }
			app := lock.UserID("A", "app")
			f := s.begin(topology(`signing_key "old" {}`, `signing_key = "old"`))
			late := s.join("A", "app")

			s.build(topology("signing_key \"old\" {}\n  signing_key \"next\" {}", `signing_key = "old"`))
			if got, b := s.plan.Token(app).State, s.plan.Token(lock.AccountID("B")).State; got != emit.Kept || b != emit.Kept {
				t.Errorf("the user's token is %s, account B's %s", got, b)
			}
			f.undisturbed("1. old and new key: "+way, 2, func() { w.bring(s) })

			s.build(topology("signing_key \"next\" {}\n  signing_key \"old\" {}", "signing_key     = \"next\"\n    keep_old_tokens = true"))
			f.undisturbed("2. user and activations signed by the new key: "+way, 2, func() { w.bring(s) })
			f.a.install(s)
			saw := f.phase("3. new credentials installed: the client reconnects", func() {
				s.must(f.a.ForceReconnect())
				s.until("the client is back", func() bool { return f.a.back.Load() == 1 })
			})
			if saw.lost != 1 || saw.back != 1 || late.lost.Load() != 0 {
				t.Errorf("%+v, and the other client was disconnected %d times", saw, late.lost.Load())
			}

			s.build(topology(`signing_key "next" {}`, "signing_key     = \"next\"\n    keep_old_tokens = true"))
			f.undisturbed("4. without the old key: "+way, 2, func() {
				w.bring(s)
				s.until("who has the old credentials is cut off", late.refused)
			})
			f.kept()
			late.install(s)
			s.until("it is back with new ones", func() bool { return late.back.Load() > 0 })
		})
	}
}

// TestAccountKeyLeaked replaces the key in one step, as after a leak: the
// clients whose tokens it signed are cut off until they have new credentials,
// and nobody else is. But where a server takes the exporter's token before the
// importer's, which a reload does as it likes, the importer's subscriptions to
// streams fall silent, and stay so until they are made again: the server finds
// the old activation invalid, and then no difference in the imports that would
// make it look at them again (server/accounts.go, checkStreamImportsEqual).
func TestAccountKeyLeaked(t *testing.T) {
	for way, w := range brings(t) {
		t.Run(way, func(t *testing.T) {
			s := newSite(t)
			topology := rotating(w.resolver, "", `signing_key "ci" {}`, `signing_key = "ci"`)
			f := s.begin(topology)
			b := f.b.lost.Load()

			// As jsc keys rotate does: another key of the same name.
			id := lock.SigningKeyID("A", "ci")
			s.lock.Retire(id, s.public(id))
			delete(s.pairs, id)
			s.lock.Keys[id] = s.public(id)
			s.build(topology)
			saw := f.phase("rotated in one step: "+way, func() {
				w.bring(s)
				s.until("the user is refused", f.a.refused)
				f.a.install(s)
				s.until("the user is back", func() bool { return f.a.back.Load() > 0 })
			})
			if saw.lost != 1 || saw.back != 1 || f.b.lost.Load() != b {
				t.Errorf("%+v; of them B %d", saw, f.b.lost.Load()-b)
			}
			f.kept()
			if !w.ordered {
				f.phase("B reconnects", func() {
					s.must(f.b.ForceReconnect())
					s.until("B is back", func() bool { return f.b.back.Load() > 0 })
				})
			}
			f.undisturbed("afterwards", 0, func() {})
		})
	}
}
