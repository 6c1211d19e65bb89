package emit

import (
	"slices"
	"testing"

	"github.com/nats-io/jwt/v2"

	"jsc/emit/lock"
)

// TestRepeats: whatever the lock and the accounts' tokens say, Repeats says nothing
// that Digests does not; and of a tree that is as it was built it says all.
func TestRepeats(t *testing.T) {
	type state struct {
		p        *Plan
		accounts []*jwt.AccountClaims
		ids      map[string]string // of activations by text
	}
	export := func(s *state, edit func(*jwt.Export)) {
		for _, a := range s.accounts {
			for _, e := range a.Exports {
				edit(e)
			}
		}
	}
	former := func(s *state, edit func(*lock.Token)) {
		for _, tk := range s.p.Tokens {
			if tk.Activation != nil {
				edit(&tk.former)
				s.p.old.Tokens[tk.ID] = tk.former
			}
		}
	}
	for what, change := range map[string]func(*state){
		"":                      func(*state) {},
		"an activation is none": func(s *state) { clear(s.ids) },
		"the accounts are gone": func(s *state) { s.accounts = nil },
		"the exports are gone":  func(s *state) { export(s, func(e *jwt.Export) { e.Subject = "gone" }) },
		"another response":      func(s *state) { export(s, func(e *jwt.Export) { e.ResponseType = jwt.ResponseTypeChunked }) },
		"another digest":        func(s *state) { former(s, func(l *lock.Token) { l.Claims += "x" }) },
		"another time of issue": func(s *state) { former(s, func(l *lock.Token) { l.IssuedAt++ }) },
		"another activation": func(s *state) {
			for text, id := range s.ids {
				s.ids[text] = id + "x"
				s.p.old.Tokens[id+"x"] = lock.Token{Claims: "x"}
			}
		},
		"an import's own token is made here": func(s *state) {
			for _, tk := range s.p.Tokens {
				if a, ok := tk.claims.(*jwt.AccountClaims); ok {
					for _, imp := range a.Imports {
						s.ids[imp.Token] = s.p.Tokens[0].ID
					}
				}
			}
		},
	} {
		w := full()
		built := w.build(t, lock.New(), start)
		p, diags := NewLockedPlan(w.topology(), built.Lock)
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		s := &state{p: p, ids: map[string]string{}}
		p.Recognize(func(i int, _ []byte) string { return built.Tokens[i].Text })
		for _, tk := range p.Tokens {
			if a, ok := tk.claims.(*jwt.AccountClaims); ok {
				s.accounts = append(s.accounts, a)
			}
			if tk.Activation != nil {
				s.ids[tk.Text] = tk.ID
			}
		}
		change(s)
		find := func(text string) (string, bool) { id, ok := s.ids[text]; return id, ok }
		c := NewCommitted(p, s.accounts, find, func(i int) (string, bool) { return find(p.Tokens[i].Text) })
		others := 0
		for _, tk := range p.Tokens {
			digests, known := c.Digests(tk.Claims())
			is := known && slices.Contains(digests, tk.Digest)
			if repeats := c.Repeats(tk); repeats && !is || what == "" && !repeats {
				t.Errorf("%s: %s repeats its digest: %v; it has it: %v", what, tk.ID, repeats, is)
			}
			if !is {
				others++
			}
		}
		if (others == 0) != (what == "") {
			t.Errorf("%s: %d tokens have another digest", what, others)
		}
	}
}
