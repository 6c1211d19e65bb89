package diag_test

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"jsc/schema"
	"jsc/schema/diag"
)

// withoutExample are the rules that no topology can show: they are about keys,
// the lock, artifacts, bundles, or settings outside of the topology.
var withoutExample = strings.Fields(`
	key-missing key-mismatch key-unpinned key-retired key-unproven key-in-tree creds-in-tree
	lock-invalid lock-unknown-format lock-elsewhere lock-forged lock-rollback iat-in-future
	artifact-stale artifact-tampered artifact-foreign token-expired token-due policy-weakened
	activation-wrong-account activation-wrong-subject activation-expired activation-signed-by-scoped-key
	bundle-invalid bundle-unknown-grant
	file-too-large evaluation-limit
	user-token-large account-token-large
	naming`)

func TestEveryRuleHasItsExamples(t *testing.T) {
	without := make(map[string]bool)
	for _, name := range withoutExample {
		without[name] = true
	}
	for _, r := range diag.Rules() {
		if without[r.Name] != (r.Bad() == "") {
			t.Errorf("%s: an example is there: %v, listed as without: %v", r.Name, r.Bad() != "", without[r.Name])
		}
	}
	files, err := os.ReadDir("examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		name, kind, _ := strings.Cut(f.Name(), ".")
		if diag.Lookup(name) == nil || kind != "bad.hcl" && kind != "good.hcl" {
			t.Errorf("examples/%s is no rule's", f.Name())
		}
	}
}

// An example that people copy is formatted as jsc fmt does.
func TestExamplesAreFormatted(t *testing.T) {
	for _, r := range diag.Rules() {
		for kind, text := range map[string]string{"bad": r.Bad(), "good": r.Good()} {
			if got := string(hclwrite.Format([]byte(text))); got != text && r.Name != "syntax" {
				t.Errorf("examples/%s.%s.hcl is not formatted, want:\n%s", r.Name, kind, got)
			}
		}
	}
}

// also are the rules that a bad example cannot do without.
var also = map[string]string{
	"dollar-stripped": "bad-subject", // what the shell leaves begins with a dot
}

// The good examples load; the bad ones load, or fail by their own rule.
func TestExamplesLoad(t *testing.T) {
	for _, r := range diag.Rules() {
		for kind, text := range map[string]string{"bad": r.Bad(), "good": r.Good()} {
			if text == "" {
				continue
			}
			_, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"main.hcl": {Data: []byte(text)}}, Path: "main.hcl"})
			for _, d := range diags {
				x := diag.Of(d)
				if x == nil || x.Rule != r && also[r.Name] != x.Rule.Name || kind == "good" {
					t.Errorf("examples/%s.%s.hcl: %v", r.Name, kind, d)
				}
			}
		}
	}
}
