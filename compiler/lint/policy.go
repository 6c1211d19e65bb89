package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// Policy is what a team says of findings at one moment: its settings and the
// baseline that they name.
type Policy struct {
	Settings     *Settings // nil: none
	Baseline     *Baseline // nil: none
	File         string    // that settings stand in, or would, as findings name it
	BaselineFile string    // likewise
}

// Weakened returns how p would let through what the base's policy does not
// (docs/security.md C7): a rule that is less severe, a pattern for names that is
// another, findings that are newly accepted. The result is unsorted. Nothing
// that p says of the rule policy-weakened itself has a say.
func (p Policy) Weakened(base Policy) hcl.Diagnostics {
	return slices.Concat(p.lowered(base), p.renamed(base), p.accepted(base))
}

func weakened(at hcl.Range, format string, args ...any) *hcl.Diagnostic {
	return diag.New("policy-weakened", at, fmt.Sprintf(format, args...))
}

// lowered are the rules that are less severe than the base has them.
func (p Policy) lowered(base Policy) hcl.Diagnostics {
	var diags hcl.Diagnostics
	for _, r := range diag.Rules() {
		is, at := p.Settings.level(r)
		was, from := base.Settings.level(r)
		if rank(is) >= rank(was) {
			continue
		}
		if at == (hcl.Range{}) { // what raised it is gone
			at = hcl.Range{Filename: p.File}
		}
		d := weakened(at, "%s is %s here, and %s on the base", r.Name, levelWord(is), levelWord(was))
		if from != (hcl.Range{}) {
			diag.WithNote(d, from, "the base's settings")
		}
		diags = append(diags, d)
	}
	return diags
}

// level is a rule's severity by the settings, and where they say it; the rule's
// own where they do not.
func (s *Settings) level(r *diag.Rule) (hcl.DiagnosticSeverity, hcl.Range) {
	if s != nil {
		if l, set := s.severity[r.Name]; set {
			return l.DiagnosticSeverity, l.at
		}
	}
	return r.Severity, hcl.Range{}
}

// rank orders severities, the mildest first: off, info, warning, error.
func rank(s hcl.DiagnosticSeverity) int {
	if s == off {
		return 0
	}
	return int(diag.Info-s) + 1
}

func levelWord(s hcl.DiagnosticSeverity) string {
	if s == off {
		return "off"
	}
	return diag.SeverityWord(s)
}

// renamed are the patterns for names that are not the base's: which of two
// lets more names through, nobody can tell in general.
func (p Policy) renamed(base Policy) hcl.Diagnostics {
	if base.Settings == nil {
		return nil
	}
	patterns := map[schema.Kind]pattern{}
	if p.Settings != nil {
		patterns = p.Settings.naming
	}
	var diags hcl.Diagnostics
	for _, kind := range slices.Sorted(maps.Keys(base.Settings.naming)) {
		was := base.Settings.naming[kind]
		is, has := patterns[kind]
		if is.text == was.text && has {
			continue
		}
		at, said := is.at, strconv.Quote(is.text)
		if !has {
			at, said = hcl.Range{Filename: p.File}, "free"
		}
		d := weakened(at, "the pattern for names of kind %s is %s here, and %q on the base", kind, said, was.text)
		diags = append(diags, diag.WithNote(d, was.at, "the base's settings"))
	}
	return diags
}

// most is how many newly accepted findings are named.
const most = 12

// accepted tells of findings that the baseline has and the base's has not.
func (p Policy) accepted(base Policy) hcl.Diagnostics {
	if p.Baseline == nil {
		return nil
	}
	left := base.Baseline.counts()
	var more []Accepted
	for _, a := range p.Baseline.Findings {
		k := a.key()
		if left[k] -= max(a.Count, 1); left[k] < 0 {
			more = append(more, a)
		}
	}
	if len(more) == 0 {
		return nil
	}
	d := weakened(hcl.Range{Filename: p.BaselineFile}, "the baseline accepts what the base's does not: %s", diag.Plural(len(more), "finding"))
	for i, a := range more {
		if i == most {
			diag.WithNote(d, hcl.Range{}, "… and %d more", len(more)-most)
			break
		}
		diag.WithNote(d, hcl.Range{}, "%s in %s: %s", a.Rule, cmp.Or(a.File, "no file"), a.Line)
	}
	return hcl.Diagnostics{d}
}
