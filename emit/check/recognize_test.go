package check

import (
	"testing"

	"jsc/emit"
)

// TestNothingIsDecoded: every token of a build is known by what the plan says, so
// that a check does little more than to verify signatures.
func TestNothingIsDecoded(t *testing.T) {
	c := newChecker(built(t).input(), false, nil)
	report, forged, err := c.run()
	if err != nil || len(forged) > 0 || len(report.Diagnostics) > 0 {
		t.Fatalf("of what a build made: %v, %v, %s", err, forged, says(report.Diagnostics))
	}
	for i, tk := range c.plan.Tokens {
		if bearer := tk.User != nil && emit.Bearer(tk.User); !bearer && c.recognized[i] == nil {
			t.Errorf("the token of %s was decoded", tk.ID)
		}
	}
}
