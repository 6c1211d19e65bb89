package verify_test

import (
	"fmt"
	"maps"
	"slices"
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
// which gives each importer no more than its own token says (docs/security.md A11).
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
// elsewhere, and both bring what they say (docs/security.md A11).
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
// neither (docs/security.md A11).
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

// TestPartialOverlap: where two exports share only some subjects, a server takes
// the settings of either, another time of the other (docs/shares.md).
func TestPartialOverlap(t *testing.T) {
	const text = `
operator "O" {}
account "A" {
  export "one" {
    service  = "q.*.x"
    response = "stream"
  }
  export "two" {
    service = "q.y.*"
  }
}
account "B" {
  import "both" {
    from          = account.A
    service       = "q.y.x"
    local_subject = "a.list"
  }
}
`
	a := attack{
		name: "partial overlap", rule: "export-overlap", severity: hcl.DiagError, bad: text,
		good: map[string]string{
			"equal settings":    replace(text, "service = \"q.y.*\"", "service = \"q.y.*\"\n    response = \"stream\""),
			"distinct subjects": replace(text, `"q.y.*"`, `"q.y.z"`),
		},
		try: func(s *site) string {
			answering(s, "q.y.x", "2")
			seen := map[int]bool{}
			// The order of two exports in a map of Go's is drawn each time that the
			// importer's token is taken; the rarer one comes once in some eight times.
			for i := 0; i < 150 && len(seen) < 2; i++ {
				s.forge("B", func(c *jwt.AccountClaims) { c.Tags = jwt.TagList{fmt.Sprint("try ", i)} })
				s.must(s.server.Reload())
				seen[len(answers(s))] = true
			}
			if len(seen) > 1 {
				return fmt.Sprintf("one request is answered so many times, as it happens: %v", slices.Sorted(maps.Keys(seen)))
			}
			return ""
		},
	}
	a.test(t)
}
