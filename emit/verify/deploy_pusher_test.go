package verify_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"jsc/emit/diff"
	"jsc/emit/lock"
)

// TestPusherKeyRotated: where the key is replaced that signs whoever pushes, its
// new credentials do not connect before the push, and its former ones do the
// push, the system account last, and end with it. A plan says so.
func TestPusherKeyRotated(t *testing.T) {
	text := `
operator "O" {}
server {
  resolver {
    ` + full(t) + `
  }
}
account "SYS" {
  signing_key "ci" {}
  user "deploy" {
    push        = true
    signing_key = "ci"
  }
}
account "Z" {
  signing_key "ci" {}
  user "app" { signing_key = "ci" }
}
`
	s := newSite(t)
	s.build(text)
	s.start()
	deploy := s.as("SYS/deploy")
	for _, account := range []string{"SYS", "Z"} {
		id := lock.SigningKeyID(account, "ci")
		s.lock.Retire(id, s.public(id))
		delete(s.pairs, id)
		s.lock.Keys[id] = s.public(id)
	}
	steps := s.planned(text).Steps
	i := slices.IndexFunc(steps, func(s diff.Step) bool { return strings.HasPrefix(s.Text, "Push the accounts") })
	if i < 1 || !slices.Equal(steps[i].Names, []string{"Z", "SYS"}) || !strings.HasPrefix(steps[i-1].Text, "Push with the former credentials") || !slices.Equal(steps[i-1].Names, []string{"SYS/deploy"}) {
		t.Fatalf("the plan says %v", steps)
	}
	id := lock.UserID("SYS", "deploy")
	if _, err := s.connect(id, s.plan.Token(id).Text, ""); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("before the push the new credentials connect with %v", err)
	}
	s.push("Z", s.plan.Token(lock.AccountID("Z")).Text)
	const update = "$SYS.REQ.CLAIMS.UPDATE"
	s.must(deploy.Publish(update, []byte(s.plan.Token(lock.AccountID("SYS")).Text)))
	s.until("the former credentials end", deploy.IsClosed)
	nc, err := s.connect(id, s.plan.Token(id).Text, "")
	s.must(err)
	_, err = nc.Request(update, []byte(s.plan.Token(lock.AccountID("Z")).Text), patience)
	s.must(err)
}
