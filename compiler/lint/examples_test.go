package lint_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/compiler/lint"
	"jsc/schema"
	"jsc/schema/diag"
)

// moment is when the examples are judged.
const moment = 1_800_000_000

// findings are all that loading, compiling and linting say of a topology, as
// jsc lint would tell it.
func findings(t testing.TB, text string, settings *lint.Settings) hcl.Diagnostics {
	t.Helper()
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"main.hcl": {Data: []byte(text)}}, Path: "main.hcl"})
	topology, more := compiler.Compile(config, nil)
	diags = append(diags, more...)
	diags = append(diags, lint.Run(topology, config, lint.Options{Now: moment, Found: diags, Settings: settings})...)
	return lint.Judge{Settings: settings, Sources: config.Sources}.Findings(diags)
}

// count is how many findings are of a rule.
func count(diags hcl.Diagnostics, rule string) int {
	n := 0
	for _, d := range diags {
		if x := diag.Of(d); x != nil && x.Rule.Name == rule {
			n++
		}
	}
	return n
}

// Every rule fires on its bad example, at one place, and not on its good one.
func TestExamples(t *testing.T) {
	for _, r := range diag.Rules() {
		if r.Bad() == "" {
			continue // schema/diag's tests list them with the reason
		}
		t.Run(r.Name, func(t *testing.T) {
			bad := findings(t, r.Bad(), nil)
			if n := count(bad, r.Name); n == 0 {
				t.Errorf("the bad example has no finding of the rule: %v", bad)
			}
			for _, d := range bad {
				if strings.Contains(d.Summary, "%!") {
					t.Errorf("a message is not put together well: %s", d.Summary)
				}
			}
			good := findings(t, r.Good(), nil)
			if n := count(good, r.Name); n != 0 {
				t.Errorf("the good example has %d findings of the rule: %v", n, good)
			}
			if good.HasErrors() {
				t.Errorf("the good example is refused: %v", good)
			}
		})
	}
}

// also are the rules without which a bad example cannot be.
var also = map[string]string{
	"dollar-stripped": "bad-subject",       // what the shell leaves begins with a dot
	"unknown-rule":    "user-unrestricted", // which its comment does not reach
}

// No rule of lint's speaks of another rule's mistake: the findings of the bad
// example that its good one has not are the rule's own.
func TestExamplesDifferByTheirRule(t *testing.T) {
	for _, r := range diag.Rules() {
		if r.Bad() == "" || r.Severity == hcl.DiagError {
			continue
		}
		good := findings(t, r.Good(), nil)
		for _, d := range findings(t, r.Bad(), nil) {
			if name := diag.Of(d).Rule.Name; name != r.Name && also[r.Name] != name && count(good, name) == 0 {
				t.Errorf("%s: its bad example is %s too: %s", r.Name, name, d.Summary)
			}
		}
	}
}
