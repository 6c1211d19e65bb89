package lint

import (
	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// Judge decides which findings stand.
type Judge struct {
	Settings *Settings         // nil: none
	Baseline *Baseline         // nil: none
	Sources  map[string][]byte // of the files that findings point into, and of those with comments
	// Name is how the baseline names a file; nil: as findings do.
	Name func(file string) string
	// KeepErrors lets errors of the rules themselves stand whatever anybody says
	// of them: a build needs what they speak of to be right.
	KeepErrors bool
}

// Findings returns what is left of diagnostics: without those that comments
// ignore, settings turn off or the baseline has, with the severity that the
// settings give. It adds what is wrong with the comments. The result is sorted
// as diag.Sort does; diags are not changed.
func (j Judge) Findings(diags hcl.Diagnostics) hcl.Diagnostics {
	comments, wrong := comments(j.Sources)
	var out hcl.Diagnostics
	for _, d := range append(diags[:len(diags):len(diags)], wrong...) {
		if j.stands(d) {
			out = append(out, noted(d, comments))
			continue
		}
		if comments.ignore(d) != nil {
			continue
		}
		if d = j.Settings.judge(d); d != nil {
			out = append(out, d)
		}
	}
	return j.unknown(diag.Sort(out))
}

// stands reports that nothing can be said against a finding.
func (j Judge) stands(d *hcl.Diagnostic) bool {
	x := diag.Of(d)
	return x == nil || x.Rule.Fixed || j.KeepErrors && d.Severity == hcl.DiagError
}

// noted is a finding that stands, with a note where a comment would have it
// ignored.
func noted(d *hcl.Diagnostic, c ignores) *hcl.Diagnostic {
	at := c.ignore(d)
	if at == nil {
		return d
	}
	copied, extra := *d, *diag.Of(d)
	extra.Notes = append(extra.Notes[:len(extra.Notes):len(extra.Notes)], diag.Note{Range: *at, Text: "this finding cannot be ignored here"})
	copied.Extra = &extra
	return &copied
}
