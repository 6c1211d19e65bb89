package lint

import (
	"slices"

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
	// of them, save for Waivable ones: a build needs what they speak of to be right.
	KeepErrors bool
}

// Findings returns what is left of diagnostics: without those that comments
// ignore, settings turn off or the baseline has, with the severity that the
// settings give. It adds what is wrong with the comments. The result is sorted
// as diag.Sort does; diags are not changed.
func (j Judge) Findings(diags hcl.Diagnostics) hcl.Diagnostics {
	comments, wrong := comments(j.Sources)
	var told hcl.Diagnostics
	for _, d := range append(diags[:len(diags):len(diags)], wrong...) {
		switch {
		case j.stands(d):
			told = append(told, noted(d, comments))
		case comments.ignore(d) == nil:
			told = append(told, d)
		}
	}
	// The baseline comes before the settings: an error that only the settings make
	// one can be accepted like any other finding of its rule.
	var out hcl.Diagnostics
	for _, d := range j.unknown(diag.Sort(told)) {
		if !j.stands(d) {
			d = j.Settings.judge(d)
		}
		if d != nil {
			out = append(out, d)
		}
	}
	return diag.Sort(out)
}

// stands reports that nothing can be said against a finding.
func (j Judge) stands(d *hcl.Diagnostic) bool {
	x := diag.Of(d)
	return x == nil || x.Rule.Fixed || j.KeepErrors && d.Severity == hcl.DiagError && !x.Rule.Waivable
}

// Standing are the diagnostics, which all stop a build, without those of Waivable
// rules that a comment has ignored.
func (j Judge) Standing(diags hcl.Diagnostics) hcl.Diagnostics {
	ignored, _ := comments(j.Sources)
	return slices.DeleteFunc(slices.Clone(diags), func(d *hcl.Diagnostic) bool {
		x := diag.Of(d)
		return x != nil && x.Rule.Waivable && ignored.ignore(d) != nil
	})
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
