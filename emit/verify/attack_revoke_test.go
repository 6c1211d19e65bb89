package verify_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"

	"jsc/emit/lock"
)

// services are accounts and the shares between them. B has two of A's services,
// C has one of them.
func services(shares ...string) string {
	text := `
operator "O" {}
account "A" {}
account "B" {}
account "C" {}
`
	for _, s := range shares {
		name, to, _ := strings.Cut(s, " ")
		text += fmt.Sprintf("share %q {\n  service = \"svc.%s\"\n  from = account.A\n", name, name)
		for account := range strings.FieldsSeq(to) {
			text += fmt.Sprintf("  to %q { local_subject = \"a.%s\" }\n", account, name)
		}
		text += "}\n"
	}
	return text
}

// importing is what an account's token of the last build imports.
func importing(s *site, account string) jwt.Imports { return s.claims(account).Imports }

// hoarding makes B's account import with tokens that it was given once, as
// whoever holds B's operator could.
func hoarding(s *site, hoard jwt.Imports) {
	s.t.Helper()
	s.forge("B", func(c *jwt.AccountClaims) { c.Imports = slices.Clone(hoard) })
	s.must(s.server.Reload())
}

// TestRevokedTokens: what was taken back stays taken back, by whatever way it
// went and whatever is exported later, on a server that runs all the while
// (docs/security.md B1, B2).
func TestRevokedTokens(t *testing.T) {
	s := newSite(t)
	s.build(services("one B C", "two B"))
	s.start()
	s.serve("A", "svc.*", "answer")
	b, c := s.as("B"), s.as("C")
	answers := func(when string, want ...string) {
		t.Helper()
		var got []string
		for _, a := range []string{"B one", "B two", "C one"} {
			account, name, _ := strings.Cut(a, " ")
			if s.answer(account, "a."+name, "") != "" {
				got = append(got, a)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: answered are %v, not %v", when, got, want)
		}
	}
	answers("at first", "B one", "B two", "C one")
	first := importing(s, "B")

	s.rebuild(services("one C", "two B"))
	answers("without B's `to`", "B two", "C one")
	hoarding(s, first)
	answers("B has its old tokens", "B two", "C one")

	s.rebuild(services("two B"))
	answers("without the share", "B two")
	s.rebuild(services("two B", "one C"))
	answers("the share is back, for C", "B two", "C one")
	hoarding(s, first)
	answers("the share is back, and B has its old tokens", "B two", "C one")

	s.rebuild(services("two B") + `
share "all" {
  service = "svc.>"
  from    = account.A
  to "C" { local_subject = "a.>" }
}`)
	hoarding(s, first)
	answers("a wider export for C, and B has its old tokens", "C one")
	s.rebuild(services("two B", "one C"))

	s.rebuild(services("one B C", "two B"))
	answers("B has it again", "B one", "B two", "C one")
	again := importing(s, "B")
	hoarding(s, first)
	if s.answer("B", "a.one", "") != "" {
		t.Error("B's old token is good again, since it has a new one")
	}
	hoarding(s, again)
	answers("B has its new tokens", "B one", "B two", "C one")

	for name, nc := range map[string]*nats.Conn{"A": s.as("A"), "B": b, "C": c} {
		if !nc.IsConnected() || nc.LastError() != nil {
			t.Errorf("%s was disturbed: %v", name, nc.LastError())
		}
	}
}

// TestKeptTokens: a revocation acts on an export, not on a token. What the
// grantee keeps under the same export is issued anew in the same build, and
// works at the same reload (docs/security.md B2).
func TestKeptTokens(t *testing.T) {
	s := newSite(t)
	whole := `
share "all" {
  service = "svc.>"
  from    = account.A
  to "C" { local_subject = "all.>" }
}
`
	s.build(services("one B", "two B") + whole)
	s.start()
	s.serve("A", "svc.>", "answer")
	first := importing(s, "B")
	s.rebuild(services("two B") + whole)
	if got := len(s.claims("A").Exports); got != 1 {
		t.Fatalf("A has %d exports", got)
	}
	for subject, want := range map[string]string{"a.one": "", "a.two": "answer"} {
		if got := s.answer("B", subject, ""); got != want {
			t.Errorf("%s is answered %q", subject, got)
		}
	}
	// Without the new token the importer has nothing: an external one must be
	// handed its new bundle.
	hoarding(s, first)
	if got := s.answer("B", "a.two", ""); got != "" {
		t.Errorf("the old token of what is kept gets %q", got)
	}
}

// TestNarrowedUsers: a user that may do less than before is disconnected, its
// old token no longer connects, its new one does (docs/security.md B3).
func TestNarrowedUsers(t *testing.T) {
	const text = `
operator "O" {}
account "A" {
  user "u" {}
  user "v" {}
}
`
	s := newSite(t)
	s.build(text)
	s.start()
	u, v := s.as("A/u"), s.as("A/v")
	id := lock.UserID("A", "u")
	old := s.plan.Token(id).Text
	s.rebuild(replace(text, `user "u" {}`, `user "u" {
    publish { allow = ["only.this"] }
  }`))
	s.until("u is disconnected", u.IsClosed)
	if _, err := s.connect(id, old, ""); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("the old token connects with %v", err)
	}
	nc, err := s.connect(id, s.plan.Token(id).Text, "")
	s.must(err)
	s.must(nc.Publish("anything", nil))
	s.must(nc.Flush())
	if err := nc.LastError(); !errors.Is(err, nats.ErrPermissionViolation) {
		t.Errorf("the new token is refused nothing: %v", err)
	}
	s.must(v.Flush())
	if !v.IsConnected() {
		t.Error("v was disturbed")
	}
}

// withSystem are services on a server with that resolver, and users of its
// system account.
func withSystem(resolver string, shares ...string) string {
	return `
server {
  resolver {
    ` + resolver + `
  }
}
account "SYS" {
  user "monitor" {}
  user "role" { signing_key = "scoped" }
  user "deploy" { push = true }
  signing_key "scoped" {
    role {}
  }
}
` + services(shares...)
}

// full is a full resolver that knows nothing yet.
func full(t *testing.T) string {
	return fmt.Sprintf("type = \"full\"\ntimeout = \"500ms\"\ndir = %q", t.TempDir())
}

// TestReplayedAccounts: whoever may update claims can put an old account token
// back, and with it what was revoked, whatever the resolver. Users of the
// system account may not, unless they say push (docs/security.md B5).
func TestReplayedAccounts(t *testing.T) {
	for _, resolver := range []string{`type = "memory"`, full(t)} {
		s := newSite(t)
		s.build(withSystem(resolver, "one B C"))
		s.start()
		s.serve("A", "svc.one", "answer")
		old, oldB := s.plan.Token(lock.AccountID("A")).Text, s.plan.Token(lock.AccountID("B")).Text
		answered := func() bool { return s.answer("B", "a.one", "") != "" }
		push := func(account, token string) {
			t.Helper()
			subject := "$SYS.REQ.ACCOUNT." + s.public(lock.AccountID(account)) + ".CLAIMS.UPDATE"
			if _, err := s.ask("SYS/deploy", subject, token); err != nil {
				t.Fatalf("push: %v", err)
			}
		}
		if !answered() {
			t.Fatal("B is not answered")
		}

		s.build(withSystem(resolver, "one C"))
		push("A", s.plan.Token(lock.AccountID("A")).Text)
		if answered() {
			t.Fatal("B is answered after A's new token was pushed")
		}

		for _, who := range []string{"SYS/monitor", "SYS/role"} {
			for _, subject := range []string{
				"$SYS.REQ.CLAIMS.UPDATE", "$SYS.REQ.CLAIMS.DELETE",
				"$SYS.REQ.ACCOUNT." + s.public("account/A") + ".CLAIMS.UPDATE", "$SYS.ACCOUNT." + s.public("account/A") + ".CLAIMS.UPDATE",
			} {
				nc := s.as(who)
				s.must(nc.Publish(subject, []byte(old)))
				s.must(nc.Flush())
				if err := nc.LastError(); !errors.Is(err, nats.ErrPermissionViolation) || !strings.Contains(err.Error(), subject) {
					t.Errorf("%s may publish to %s: %v", who, subject, err)
				}
			}
			if _, err := s.ask(who, "$SYS.REQ.SERVER.PING", ""); err != nil {
				t.Errorf("%s cannot monitor: %v", who, err)
			}
		}
		if answered() {
			t.Error("B is answered after refused replays")
		}
		push("A", old)
		push("B", oldB)
		if !answered() {
			t.Error("the replay by whom may push gives B nothing")
		}
	}
}

// TestForgedLookups: a server that does not know an account asks others, and
// takes the first answer. Users of the system account may not hear the
// question: an account that was removed would be back.
func TestForgedLookups(t *testing.T) {
	s := newSite(t)
	s.build(withSystem(full(t)) + `account "GONE" {}`)
	old, user := s.plan.Token(lock.AccountID("GONE")).Text, lock.UserID("GONE", "u")
	s.build(withSystem(full(t)))
	s.start()
	answer := func(who string) {
		t.Helper()
		nc := s.as("SYS/" + who)
		// By wildcards too: what is denied is left out of what they bring.
		for _, subject := range []string{"$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", "$SYS.REQ.>", ">"} {
			_, err := nc.Subscribe(subject, func(m *nats.Msg) {
				if strings.HasSuffix(m.Subject, ".LOOKUP") {
					_ = m.Respond([]byte(old))
				}
			})
			s.must(err)
		}
		s.must(nc.Flush())
	}
	answer("monitor")
	answer("role")
	if _, err := s.connect(user, s.token("GONE", s.public(user)), ""); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("a user of the account that is gone connects with %v", err)
	}
	answer("deploy")
	if _, err := s.connect(user, s.token("GONE", s.public(user)), ""); err != nil {
		t.Errorf("the answer of whom may push gives nothing: %v", err)
	}
}

// TestSystemCommands: nor may they reload, stop or empty servers.
func TestSystemCommands(t *testing.T) {
	const text = `
operator "O" {}
account "SYS" {
  user "monitor" {}
  user "deploy" { push = true }
}
`
	s := newSite(t)
	s.build(text)
	s.start()
	id := s.server.ID()
	for _, command := range []string{"RELOAD", "KICK", "LDM"} {
		subject := "$SYS.REQ.SERVER." + id + "." + command
		for who, refused := range map[string]bool{"SYS/monitor": true, "SYS/deploy": false} {
			nc, err := s.connect(lock.UserID("SYS", who[4:]), s.plan.Token(lock.UserID("SYS", who[4:])).Text, "")
			s.must(err)
			// What the command names does not exist, so that it has no effect.
			s.must(nc.Publish(subject, []byte(`{"cid": 1000000}`)))
			s.must(nc.Flush())
			if got := errors.Is(nc.LastError(), nats.ErrPermissionViolation); got != refused {
				t.Errorf("%s: %s is refused: %t", who, command, got)
			}
		}
	}
}

// TestChangedOperator: a changed operator token makes the whole reload fail,
// revocations included, until the server is started again (docs/security.md B6).
func TestChangedOperator(t *testing.T) {
	s := newSite(t)
	s.build(services("one B"))
	s.start()
	s.serve("A", "svc.one", "answer")
	tagged := func(text string) string { return replace(text, `operator "O" {}`, `operator "O" { tags = ["new"] }`) }
	s.build(tagged(services("one C")))
	if err := s.server.Reload(); err == nil {
		t.Error("the reload succeeds")
	}
	if s.answer("B", "a.one", "") == "" {
		t.Error("the reload failed, and B is refused all the same")
	}
	s.stop()
	s.start()
	s.serve("A", "svc.one", "answer")
	if s.answer("B", "a.one", "") != "" {
		t.Error("B is answered after the restart")
	}
	// The same operator again, byte for byte: only then a reload does.
	s.rebuild(tagged(services("one B")))
	if s.answer("B", "a.one", "") == "" {
		t.Error("B is refused after a reload under the same operator")
	}
}
