package verify_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"

	"jsc/emit/lock"
)

const goingAccount = `
account "GOING" {
  user "app" {}
}
`

// gone holds whether the server refuses GOING's user.
func (s *site) gone(when, token string, want bool) {
	s.t.Helper()
	_, err := s.connect(lock.UserID("GOING", "app"), token, "")
	if errors.Is(err, nats.ErrAuthorization) != want {
		s.t.Errorf("%s, GOING's user connects with %v", when, err)
	}
}

// TestRemovedAccount: with a memory resolver an account is gone with a reload.
// A full resolver keeps it, over restarts too, until it is deleted there by
// word of the operator; it lets nobody in where all its users were revoked before
// (docs/security.md B6, docs/security.md).
func TestRemovedAccount(t *testing.T) {
	for way, w := range brings(t) {
		t.Run(way, func(t *testing.T) {
			resolver := w.resolver
			if w.ordered {
				resolver += "\nallow_delete = true"
			}
			without := withSystem(resolver, "one B")
			s := newSite(t)
			s.build(without + goingAccount)
			s.start()
			user := s.as("GOING/app")
			token := s.plan.Token(lock.UserID("GOING", "app")).Text
			s.serve("A", "svc.one", "answer")

			s.build(without)
			w.bring(s)
			if !w.ordered {
				s.until("its connection ends", user.IsClosed)
				s.gone("after the reload", token, true)
				return
			}
			s.gone("after a push of the others", token, false)
			s.restart()
			s.gone("after a restart", token, false)

			word := jwt.NewGenericClaims(s.public(lock.OperatorID("O")))
			word.Data["accounts"] = []string{s.public(lock.AccountID("GOING"))}
			text, err := word.Encode(s.pair(lock.OperatorID("O")))
			s.must(err)
			if _, err := s.ask("SYS/deploy", "$SYS.REQ.CLAIMS.DELETE", text); err != nil {
				t.Fatalf("delete: %v", err)
			}
			s.gone("after it was deleted", token, true)
			s.restart()
			s.gone("after it was deleted and a restart", token, true)
		})
	}
}

// TestRevokedAccount: what of a full resolver's account is left lets nobody in,
// once it was pushed with an empty block, connections = 0 and all users revoked:
// with no former token, nor one that whoever has the account's key makes. With its
// users still in the block they have new tokens by then.
func TestRevokedAccount(t *testing.T) {
	s := newSite(t)
	without := withSystem(full(t), "one B")
	s.build(without + goingAccount)
	s.start()
	user := s.as("GOING/app")
	token := s.plan.Token(lock.UserID("GOING", "app")).Text
	emptied := replace(goingAccount, `user "app" {}`, "limits { connections = 0 }\n  revoke \"all\" { user = \"*\" }")
	s.build(without + emptied)
	s.push("GOING", s.plan.Token(lock.AccountID("GOING")).Text)
	s.until("its connection ends", user.IsClosed)
	s.build(without)
	s.gone("after it left the topology", token, true)
	s.restart()
	s.gone("after a restart", token, true)
	made := jwt.NewUserClaims(s.public(lock.UserID("GOING", "app")))
	made.IssuedAt = s.now + 1000
	text, err := made.Encode(s.pair(lock.AccountID("GOING")))
	s.must(err)
	if _, err := s.connect(lock.UserID("GOING", "app"), text, ""); err == nil {
		t.Error("a token that is made later connects")
	}
	s.serve("A", "svc.one", "answer")
	if s.answer("B", "a.one", "") != "answer" {
		t.Error("others are disturbed")
	}
}

// TestRemovedFile: a full resolver whose folder has the account's file no more has
// no such account.
func TestRemovedFile(t *testing.T) {
	dir := t.TempDir()
	s := newSite(t)
	without := withSystem(fmt.Sprintf("type = \"full\"\ndir = %q", dir), "one B")
	s.build(without + goingAccount)
	s.start()
	token := s.plan.Token(lock.UserID("GOING", "app")).Text
	s.build(without)
	s.restart()
	s.gone("after a restart", token, false)
	s.stop()
	s.must(os.Remove(filepath.Join(dir, s.public(lock.AccountID("GOING"))+".jwt")))
	s.start()
	s.gone("without its file", token, true)
}

// TestMemoryTakesNoPush: a server whose accounts are in its configuration, as those
// of a leaf node are that has a resolver.conf of its own, answers no push; a
// revoked user connects there until it has the new configuration and reloads.
func TestMemoryTakesNoPush(t *testing.T) {
	s := newSite(t)
	memory := withSystem(`type = "memory"`, "one B")
	s.build(memory + goingAccount)
	s.start()
	token := s.plan.Token(lock.UserID("GOING", "app")).Text
	s.build(memory + "account \"GOING\" {}\n")
	if s.answer("SYS/deploy", "$SYS.REQ.CLAIMS.UPDATE", s.plan.Token(lock.AccountID("GOING")).Text) != "" {
		t.Error("a push is answered")
	}
	s.gone("after a push", token, false)
	s.must(s.server.Reload())
	s.gone("after a reload", token, true)
}

// TestCacheResolver: a server with a cache asks for an account that it has not
// loaded, and no more for one that it has, though the cache has forgotten its
// token. A push reaches it as it does a full resolver. (A reload does not, since it
// looks at accounts of a memory resolver only; the server compares a cache's
// options then while it works on them, which the race detector dislikes.)
func TestCacheResolver(t *testing.T) {
	dir := t.TempDir()
	resolver := fmt.Sprintf("type = \"cache\"\ndir = %q\nttl = \"1s\"\ntimeout = \"5s\"", dir)
	s := newSite(t)
	s.build(withSystem(resolver, "one B C"))
	s.start()
	s.serve("A", "svc.one", "answer")
	if s.answer("B", "a.one", "") != "answer" {
		t.Fatal("B is not answered at first")
	}
	s.build(withSystem(resolver, "one C"))
	deploy := s.as("SYS/deploy")
	_, err := deploy.Subscribe("$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP", func(m *nats.Msg) {
		if !strings.Contains(m.Subject, s.public(lock.AccountID("C"))) {
			t.Errorf("the server asks for an account that it has: %s", m.Subject)
		}
		_ = m.Respond([]byte(s.plan.Token(lock.AccountID("C")).Text))
	})
	s.must(err)
	s.must(deploy.Flush())
	for _, account := range []string{"A", "B", "C"} {
		file := filepath.Join(dir, s.public(lock.AccountID(account))+".jwt")
		s.until("the cache forgets "+account, func() bool {
			_, err := os.Stat(file)
			return errors.Is(err, fs.ErrNotExist)
		})
	}
	delete(s.conns, "B") // a new connection
	if s.answer("B", "a.one", "") != "answer" {
		t.Error("the server takes the new token without a push")
	}
	s.push("B", s.plan.Token(lock.AccountID("B")).Text)
	s.push("A", s.plan.Token(lock.AccountID("A")).Text)
	if s.answer("B", "a.one", "") != "" || s.answer("C", "a.one", "") != "answer" {
		t.Error("the new tokens are not in force after a push")
	}
}
