package verify_test

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// attack is something that a topology lets somebody do, and what prevents it
// (docs/security.md A). What jsc refuses is built all the same, so that the attack
// is seen to succeed; it must fail on what the hint recommends.
type attack struct {
	name string
	rule string // what jsc says; "" where nothing is said, since nobody gets it who does not ask
	// severity is of the rule, for importers of the same operator.
	severity hcl.DiagnosticSeverity
	lowered  bool // a warning, and an error for external importers
	bad      string
	also     []string // further errors of the bad topology
	good     map[string]string
	// unspoken: the way out is safe, and jsc warns of it all the same.
	unspoken map[string]bool
	// try attacks, and returns what was gained; "": nothing.
	try func(s *site) string
}

// attempts is how often an attack is tried: which of two listeners a server serves
// first is chance.
const attempts = 10

func (a *attack) test(t *testing.T) {
	t.Run("without the rule", func(t *testing.T) {
		for range attempts {
			s := newSite(t)
			s.boot(a.bad, append(a.also, a.rule)...)
			if gained := a.try(s); gained != "" {
				t.Logf("gained: %s", gained)
				return
			}
		}
		t.Error("the attack fails")
	})
	t.Run("with the rule", func(t *testing.T) {
		if a.rule == "" {
			return
		}
		s := newSite(t)
		s.says(a.bad, a.rule, a.severity)
		if a.lowered {
			s.says(s.foreign(a.bad), a.rule, hcl.DiagError)
		}
	})
	for way, good := range a.good {
		t.Run(way, func(t *testing.T) {
			s := newSite(t)
			if a.rule != "" && !a.unspoken[way] {
				s.silent(good, a.rule)
			}
			s.boot(good)
			if gained := a.try(s); gained != "" {
				t.Errorf("gained: %s", gained)
			}
		})
	}
}

// rounds is how often something is done of which a third party may hear. The
// server serves both at its own pace: what comes late in one round is there in
// a later one.
const rounds = 10

// replace makes a topology of another one, which must have every old text.
func replace(text string, oldNew ...string) string {
	for i := 0; i < len(oldNew); i += 2 {
		if !strings.Contains(text, oldNew[i]) {
			panic("no " + oldNew[i])
		}
	}
	return strings.NewReplacer(oldNew...).Replace(text)
}
