package verify_test

import (
	"slices"
	"strings"
	"testing"

	"jsc/emit/diff"
	"jsc/emit/lock"
)

// TestAccountWithAnotherKey: with another key it is another account. A memory
// resolver forgets the former one with a reload, and cuts its clients off; a full
// one keeps it and lets its users in. Importers that stay have what the new one
// sends, on the subscriptions that they have, where the exporter is pushed before
// them, as a plan says (docs/security.md E8).
func TestAccountWithAnotherKey(t *testing.T) {
	for way, w := range brings(t) {
		t.Run(way, func(t *testing.T) {
			text := withSystem(w.resolver, "one B") + goingAccount + `
share "news" {
  subject = "news.>"
  from    = account.GOING
  to "B" {}
}
`
			s := newSite(t)
			s.build(text)
			s.start()
			former, account := s.as("GOING/app"), lock.AccountID("GOING")
			token, was := s.plan.Token(lock.UserID("GOING", "app")).Text, s.public(account)
			news := s.listen("B", "news.>")
			s.must(s.as("GOING/app").Publish("news.one", []byte("former")))
			if m := s.hears(news); string(m.Data) != "former" {
				t.Fatalf("B gets %q", m.Data)
			}

			delete(s.pairs, account)
			r := s.planned(text)
			for _, impact := range []diff.Impact{"data at risk", "disconnects"} {
				if !slices.ContainsFunc(r.Changes, func(ch diff.Change) bool {
					return ch.Kind == "account" && ch.Name == "GOING" && slices.Contains(ch.Impacts, impact)
				}) {
					t.Errorf("the plan does not say %q of the account", impact)
				}
			}
			if !w.ordered {
				w.bring(s)
				s.until("the former one's connection ends", former.IsClosed)
				s.gone("after the reload", token, true)
			} else {
				for _, step := range r.Steps {
					switch {
					case strings.HasPrefix(step.Text, "Push the accounts"):
						for _, name := range step.Names {
							s.push(name, s.plan.Token(lock.AccountID(name)).Text)
						}
					case strings.HasPrefix(step.Text, "Delete from the servers' resolver") && !slices.Contains(step.Names, was+" (formerly GOING)"):
						t.Errorf("to be deleted: %q", step.Names)
					}
				}
				s.gone("after the push", token, false)
			}
			delete(s.conns, "GOING/app")
			s.must(s.as("GOING/app").Publish("news.two", []byte("new")))
			if m := s.hears(news); string(m.Data) != "new" {
				t.Errorf("B gets %q", m.Data)
			}
		})
	}
}
