package verify_test

import (
	"errors"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"

	"jsc/emit/lock"
)

// TestStolenSigningKey: whoever has an account's signing key makes users of it.
// Without the key in the account's token they are disconnected, and refused.
func TestStolenSigningKey(t *testing.T) {
	const with = `
operator "O" {}
account "A" {
  signing_key "ci" {}
  user "app" {}
}
`
	s := newSite(t)
	s.build(with)
	s.start()
	thief, key := lock.UserID("A", "thief"), lock.SigningKeyID("A", "ci")
	claims := jwt.NewUserClaims(s.public(thief))
	claims.IssuerAccount = s.public(lock.AccountID("A"))
	token, err := claims.Encode(s.pair(key))
	s.must(err)
	stolen, err := s.connect(thief, token, "")
	s.must(err)

	s.rebuild(replace(with, `signing_key "ci" {}`, ""))
	s.until("the thief is disconnected", stolen.IsClosed)
	if _, err := s.connect(thief, token, ""); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("the thief connects again with %v", err)
	}
	s.must(s.as("A/app").Flush())
}

// TestNarrowedRole: users of a scoped key are narrowed with its role. Their
// tokens stay as they are and are not revoked: the old one connects, and may do
// what the new role says (docs/security.md B3).
func TestNarrowedRole(t *testing.T) {
	const text = `
operator "O" {}
account "A" {
  signing_key "role" {
    role {
      publish { allow = ["much", "little"] }
    }
  }
  user "app" { signing_key = "role" }
}
`
	s := newSite(t)
	s.build(text)
	s.start()
	id := lock.UserID("A", "app")
	token := s.plan.Token(id).Text
	was := s.as("A/app")
	s.must(was.Publish("much", nil))
	s.must(was.Flush())
	s.must(was.LastError())

	s.rebuild(replace(text, `"much", `, ""))
	if s.plan.Token(id).Text != token || len(s.plan.Revoked) > 0 {
		t.Errorf("the user's token is %s, and revoked are %v", s.plan.Token(id).State, s.plan.Revoked)
	}
	s.until("the client is cut off once", was.IsClosed)
	nc, err := s.connect(id, token, "")
	s.must(err)
	s.must(nc.Publish("little", nil))
	s.must(nc.Flush())
	s.must(nc.LastError())
	s.must(nc.Publish("much", nil))
	s.must(nc.Flush())
	if !errors.Is(nc.LastError(), nats.ErrPermissionViolation) {
		t.Errorf("what the role lost is answered with %v", nc.LastError())
	}
}

// TestUserKeyRotation replaces a user's key: its connection ends when the
// account's new token comes, the old credentials are refused, the new ones
// connect, and nobody else notices.
func TestUserKeyRotation(t *testing.T) {
	for way, w := range brings(t) {
		t.Run(way, func(t *testing.T) {
			s := newSite(t)
			topology := leaving(w.resolver)
			f := s.begin(topology)
			id := lock.UserID("A", "leaver")
			was, token, pair := s.as("A/leaver"), s.plan.Token(id).Text, s.pair(id)

			delete(s.pairs, id)
			s.lock.Keys[id] = s.public(id)
			s.build(topology)
			f.undisturbed("a user's key is replaced: "+way, 2, func() { w.bring(s) })
			s.until("its connection ends", was.IsClosed)
			delete(s.conns, "A/leaver")
			s.must(s.as("A/leaver").Flush())
			next := s.pairs[id]
			s.pairs[id] = pair
			if _, err := s.connect(id, token, ""); !errors.Is(err, nats.ErrAuthorization) {
				t.Errorf("the old credentials connect with %v", err)
			}
			s.pairs[id] = next
		})
	}
}
