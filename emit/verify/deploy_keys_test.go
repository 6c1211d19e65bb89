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
