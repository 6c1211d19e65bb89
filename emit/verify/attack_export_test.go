package verify_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"
)

const newsroom = `
operator "O" {}
account "A" {}
account "B" {}
account "C" {}
share "all" {
  subject = "news.>"
  from    = account.A
  to "C" {}
}
share "sport" {
  subject = "news.sport"
  from    = account.A
  to "B" {}
}
`

// TestNarrowTokens: exports of which one contains the other are one export,
// which gives each importer no more than its own token says (SECURITY.md A11).
func TestNarrowTokens(t *testing.T) {
	widen := func(i *jwt.Import) { i.Subject = "news.>" }
	s := newSite(t)
	s.build(newsroom)
	if exports := s.claims("A").Exports; len(exports) != 1 {
		t.Fatalf("A has %d exports", len(exports))
	}
	s.start()
	b, c := s.listen("B", "news.>"), s.listen("C", "news.>")
	for _, subject := range []string{"news.sport", "news.secret"} {
		s.must(s.as("A").Publish(subject, []byte(subject)))
	}
	s.must(s.as("A").Flush())
	s.hears(c)
	if got := string(s.hears(c).Data); got != "news.secret" {
		t.Errorf("C hears %q", got)
	}
	if got := fmt.Sprint(s.heard("B", b)); got != "[news.sport]" {
		t.Errorf("B hears %s", got)
	}
	// A server takes no account that asks for more than its token has.
	s.stop()
	s.forge("B", func(c *jwt.AccountClaims) { widen(c.Imports[0]) })
	s.start()
	if _, err := s.connect("account/B/user/x", s.token("B", s.public("account/B/user/x")), ""); err == nil {
		t.Error("the account is taken")
	}
}

// TestTwoPlaces: who has a wide import keeps a narrower one that it sees
// elsewhere, and both bring what they say (SECURITY.md A11).
func TestTwoPlaces(t *testing.T) {
	s := newSite(t)
	s.build(replace(newsroom, `to "C" {}`, `to "C" { local_subject = "a.>" }
  to "B" { local_subject = "all.>" }`, `to "B" {}`, `to "B" { local_subject = "sport" }`))
	s.start()
	wide, narrow := s.listen("B", "all.>"), s.listen("B", "sport")
	s.must(s.as("A").Publish("news.sport", nil))
	s.must(s.as("A").Publish("news.other", nil))
	for _, want := range []string{"all.sport", "all.other"} {
		if m := s.hears(wide); m.Subject != want {
			t.Errorf("B hears %s", m.Subject)
		}
	}
	s.hears(narrow)
	if more := s.heard("B", narrow); len(more) > 0 {
		t.Errorf("B hears %d messages more at the narrow one", len(more))
	}
}

// TestOverlap: exports that cannot be one are refused; a server would take
// neither (SECURITY.md A11).
func TestOverlap(t *testing.T) {
	bad := `
operator "O" {}
account "A" {}
account "B" {}
share "all" {
  service  = "q.>"
  from     = account.A
  response = "stream"
  to "B" { local_subject = "a.q.>" }
}
share "one" {
  service = "q.one"
  from    = account.A
  to "B" { local_subject = "a.one" }
}
`
	s := newSite(t)
	s.says(bad, "export-overlap", hcl.DiagError)
	good := replace(bad, `response = "stream"`, "")
	s.silent(good, "export-overlap")
	s.build(good)
	s.start()
	s.serve("A", "q.>", "answer")
	for _, subject := range []string{"a.q.one", "a.one"} {
		if got := s.answer("B", subject, ""); got != "answer" {
			t.Errorf("%s is answered %q", subject, got)
		}
	}
	s.stop()
	s.forge("A", func(c *jwt.AccountClaims) {
		c.Exports.Add(&jwt.Export{Name: "one", Subject: "q.one", Type: jwt.Service, ResponseType: jwt.ResponseTypeStream, TokenReq: true})
	})
	s.start()
	if _, err := s.connect("account/A/user/x", s.token("A", s.public("account/A/user/x")), ""); err == nil {
		t.Error("the account is taken")
	}
}
