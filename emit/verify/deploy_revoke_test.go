package verify_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/nats-io/nats.go"

	"jsc/emit/lock"
)

// leaving is the topology of rotating with those who are to lose something: C
// with shares of its own, and users of A.
func leaving(resolver string, without ...string) string {
	text := rotating(resolver, "", "signing_key \"kept\" {}\n  signing_key \"temporary\" {}", "") + `
account "C" {
  user "app" {}
}
share "calls" {
  service = "calls"
  from    = account.A
  to "C" {}
}
share "prices" {
  subject = "prices.>"
  from    = account.A
  to "B" {}
  to "C" {}
}
`
	text = replace(text, "  user \"app\" {\n    \n  }\n}", `  user "app" {}
  user "leaver" {}
  user "narrowed" {}
  user "guest" { signing_key = "temporary" }
}`)
	for _, w := range without {
		text = replace(text, w, "")
	}
	return text
}

// taken are the things that can be taken back, what leaves the topology with
// them, and who then has nothing, though it has kept all that it was given.
var taken = map[string]struct {
	without []string
	// replaced, if set, comes in place of what leaves.
	replaced string
	user     string // of A, that is cut off and refused
	account  string // that hears no prices and gets no answers any more
	still    bool   // the account keeps its answers
}{
	"a grantee":         {without: []string{"  to \"B\" {}\n  to \"C\" {}\n"}, replaced: "  to \"B\" {}\n", account: "C", still: true},
	"a share":           {without: []string{"share \"prices\" {\n  subject = \"prices.>\"\n  from    = account.A\n  to \"B\" {}\n  to \"C\" {}\n}\n", "share \"calls\" {\n  service = \"calls\"\n  from    = account.A\n  to \"C\" {}\n}\n"}, account: "C"},
	"a user":            {without: []string{`  user "leaver" {}`}, user: "leaver"},
	"a permission":      {without: []string{`  user "narrowed" {}`}, replaced: "  user \"narrowed\" {\n    publish { allow = [\"little\"] }\n  }", user: "narrowed"},
	"a signing key":     {without: []string{`  user "guest" { signing_key = "temporary" }`, `signing_key "temporary" {}`}, user: "guest"},
	"the key of a user": {without: []string{`{ signing_key = "temporary" }`, `signing_key "temporary" {}`}, replaced: "{}", user: "guest"},
}

// TestTakenBack takes each back from a running server, by a reload and by a
// push: with the old tokens and credentials in hand nobody gets in or hears
// anything, and nobody else notices.
func TestTakenBack(t *testing.T) {
	for way, w := range brings(t) {
		for what, c := range taken {
			t.Run(what+", "+way, func(t *testing.T) {
				s := newSite(t)
				f := s.begin(leaving(w.resolver))
				a, b := s.as("A"), s.as("B")
				s.serve("A", "calls", "answer")
				first := s.listen("C", "prices.>")
				s.must(a.Publish("prices.gold", nil))
				s.hears(first)
				old := s.plan.Token(lock.AccountID("C")).Text
				var user *nats.Conn
				var token string
				id := lock.UserID("A", c.user)
				if c.user != "" {
					user, token = s.as("A/"+c.user), s.plan.Token(id).Text
				}
				if s.answer("C", "calls", "") != "answer" {
					t.Fatal("C is not answered at first")
				}

				text := leaving(w.resolver)
				for i, out := range c.without {
					in := ""
					if i == 0 {
						in = c.replaced
					}
					text = replace(text, out, in)
				}
				s.build(text)
				f.undisturbed(fmt.Sprintf("%s is taken back: %s", what, way), 3, func() { w.bring(s) })

				if c.user != "" {
					s.until("its connection ends", user.IsClosed)
					for range 20 {
						if _, err := s.connect(id, token, ""); !errors.Is(err, nats.ErrAuthorization) {
							t.Fatalf("the old credentials connect with %v", err)
						}
					}
					return
				}
				// C's account as it was, with the activations that it had.
				f.undisturbed("the old account token is back: "+way, 3, func() { w.replay(s, "C", old) })
				delete(s.conns, "C")
				prices := s.listen("C", "prices.>")
				for range 20 {
					s.must(a.Publish("prices.gold", nil))
					if got := s.answer("C", "calls", ""); (got != "") != c.still {
						t.Fatalf("C is answered %q", got)
					}
				}
				s.must(a.Flush())
				if got := s.heard("C", prices); len(got) > 0 {
					t.Errorf("C hears %d of 20 prices", len(got))
				}
				for name, nc := range map[string]*nats.Conn{"A": a, "B": b} {
					if !nc.IsConnected() || nc.LastError() != nil {
						t.Errorf("%s was disturbed: %v", name, nc.LastError())
					}
				}
			})
		}
	}
}
