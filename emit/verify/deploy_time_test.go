package verify_test

import (
	"testing"

	"github.com/nats-io/jwt/v2"

	"jsc/emit/lock"
)

// inForce is the token that the server has of an account.
func (s *site) inForce(account string) string {
	s.t.Helper()
	text, err := s.server.AccountResolver().Fetch(s.public(lock.AccountID(account)))
	s.must(err)
	return text
}

// restart stops the server and starts it on the last build.
func (s *site) restart() {
	s.t.Helper()
	s.stop()
	s.start()
}

// TestPreloadOfFullResolver: a full resolver takes a preloaded token in place
// of an older one that it has, and keeps what it has otherwise. A reload stores
// it too, but the accounts that are in use stay as they were until a push or a
// restart (docs/security.md B6). So a token that changes within a second is issued a
// second later, and one that does not change keeps its bytes.
func TestPreloadOfFullResolver(t *testing.T) {
	s := newSite(t)
	resolver := full(t)
	built := func(account string) string { return s.plan.Token(lock.AccountID(account)).Text }
	s.build(withSystem(resolver, "one B C"))
	s.start()
	s.serve("A", "svc.one", "answer")
	if s.inForce("A") != built("A") || s.answer("B", "a.one", "") == "" {
		t.Fatal("A's preloaded token is not in force")
	}
	first, other, operator := s.claims("A"), built("C"), s.files["operator.conf"]

	s.now -= 10 // the same second again
	s.build(withSystem(resolver, "one C"))
	again := s.claims("A")
	if again.IssuedAt != first.IssuedAt+1 || again.ID == first.ID {
		t.Errorf("issued at %d and %d, as %s and %s", first.IssuedAt, again.IssuedAt, first.ID, again.ID)
	}
	if built("C") != other || s.files["operator.conf"] != operator {
		t.Error("tokens that say the same have other bytes")
	}
	if err := s.server.Reload(); err != nil {
		t.Errorf("a reload over an unrelated edit: %v", err)
	}
	if s.answer("B", "a.one", "") == "" {
		t.Error("the reload took B's access, which only a push or a restart does")
	}
	s.restart()
	s.serve("A", "svc.one", "answer")
	if s.inForce("A") != built("A") || s.answer("B", "a.one", "") != "" || s.answer("C", "a.one", "") == "" {
		t.Error("the updated preload is not in force after a restart")
	}

	// What was pushed since is newer than the preload, which has not changed.
	pushed := s.claims("C")
	pushed.Tags = jwt.TagList{"pushed"}
	text, err := pushed.Encode(s.pair(lock.OperatorID("O")))
	s.must(err)
	if _, err := s.ask("SYS/deploy", "$SYS.REQ.CLAIMS.UPDATE", text); err != nil {
		t.Fatalf("push: %v", err)
	}
	s.restart()
	if s.inForce("C") != text {
		t.Error("an unchanged preload took the place of what was pushed")
	}
}
