package compiler

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// maxCompared is with how many names a pass compares unknown words. Nobody
// reads the hints of thousands of words that are not among thousands of names.
const maxCompared = 200_000

// suggest gives d the hint that of n names the one most like word was meant,
// where there is one, and where not too much has been compared before.
func (p *pass) suggest(d *hcl.Diagnostic, word string, n int, name func(int) string) {
	if p.compared > maxCompared {
		return
	}
	p.compared += n
	names := make([]string, n)
	for i := range names {
		names[i] = name(i)
	}
	if near, ok := diag.Suggest(word, names); ok {
		diag.WithHint(d, "Did you mean %q?", near)
	}
}
