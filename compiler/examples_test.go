package compiler_test

import (
	"slices"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// unavoidable are the rules that an example of a rule breaks too, since what it
// shows is two things.
var unavoidable = map[string][]string{
	"filter-not-a-boundary": {"read-steals-pull", "share-consumer-create", "unused-share-grant"},
	"read-steals-pull":      {"share-consumer-create"},
	"inbox-prefix":          {"share-consumer-create"},
	"dollar-stripped":       {"bad-subject"},
}

// TestOneMistakeOneDiagnostic compiles every rule's examples: the bad one
// breaks no other rule, the good one none.
func TestOneMistakeOneDiagnostic(t *testing.T) {
	for _, r := range diag.Rules() {
		for kind, text := range map[string]string{"bad": r.Bad(), "good": r.Good()} {
			if text == "" {
				continue
			}
			config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl"})
			_, more := compiler.Compile(config, nil)
			said := 0
			for _, d := range diag.Sort(append(diags, more...)) {
				name := diag.Of(d).Rule.Name
				switch {
				case kind == "bad" && name == r.Name:
					said++
				case kind == "bad" && slices.Contains(unavoidable[r.Name], name):
				case kind == "bad" || d.Severity == hcl.DiagError:
					t.Errorf("%s, %s: %s: %s", r.Name, kind, name, d.Summary)
				}
			}
			if said > 1 {
				t.Errorf("%s is said %d times", r.Name, said)
			}
		}
	}
}
