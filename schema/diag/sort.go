package diag

import (
	"cmp"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Sort returns the diagnostics in the order of the source: by file, position,
// rule, severity, instance and text; those without a place come first. One said
// twice of an instance is there once. Where the instances of a family have the
// same mistake at the same place, the first stands for all and its Extra.More
// counts the rest. Neither diags nor what it points to is changed.
func Sort(diags hcl.Diagnostics) hcl.Diagnostics {
	sorted := slices.Clone(diags)
	slices.SortStableFunc(sorted, func(a, b *hcl.Diagnostic) int {
		if c := cmp.Or(
			samePlace(a, b),
			cmp.Compare(ruleName(a), ruleName(b)),
			cmp.Compare(a.Severity, b.Severity),
			compareRanges(cause(a), cause(b)),
		); c != 0 {
			return c
		}
		text := cmp.Or(cmp.Compare(a.Summary, b.Summary), cmp.Compare(a.Detail, b.Detail))
		whose := cmp.Compare(instance(a), instance(b))
		if inFamily(a) {
			return cmp.Or(whose, text)
		}
		return cmp.Or(text, whose)
	})
	var out hcl.Diagnostics
	var last *hcl.Diagnostic // of the last diagnostic's family
	for _, d := range sorted {
		if len(out) == 0 || !sameMistake(out[len(out)-1], d) {
			out, last = append(out, d), d
			continue
		}
		if d.Summary != last.Summary || instance(d) != instance(last) {
			last = d
			out[len(out)-1] = withMore(out[len(out)-1], 1+Of(d).More)
		}
	}
	return out
}

// sameMistake reports that b is a repetition of a, or what another instance of
// a's family says at the same place.
func sameMistake(a, b *hcl.Diagnostic) bool {
	if samePlace(a, b) != 0 || a.Severity != b.Severity || ruleName(a) != ruleName(b) || cause(a) != cause(b) {
		return false
	}
	return a.Summary == b.Summary && a.Detail == b.Detail || inFamily(a)
}

// inFamily reports that different texts at d's place are of several instances.
func inFamily(d *hcl.Diagnostic) bool {
	x := Of(d)
	return x != nil && !x.Rule.apart && hasLine(d)
}

func instance(d *hcl.Diagnostic) string {
	if x := Of(d); x != nil {
		return x.Instance
	}
	return ""
}

// samePlace compares where two diagnostics stand; 0 means at the same place.
func samePlace(a, b *hcl.Diagnostic) int { return compareRanges(place(a), place(b)) }

func compareRanges(p, q hcl.Range) int {
	return cmp.Or(
		cmp.Compare(p.Filename, q.Filename),
		cmp.Compare(p.Start.Line, q.Start.Line),
		cmp.Compare(p.Start.Column, q.Start.Column),
		cmp.Compare(p.End.Line, q.End.Line),
		cmp.Compare(p.End.Column, q.End.Column),
	)
}

// place is where d stands; the zero Range for a diagnostic without a place.
func place(d *hcl.Diagnostic) hcl.Range {
	if d.Subject == nil || d.Subject.Filename == "" {
		return hcl.Range{}
	}
	return *d.Subject
}

// cause is the place of d's first note where that tells mistakes apart; else the
// zero Range.
func cause(d *hcl.Diagnostic) hcl.Range {
	if x := Of(d); x != nil && x.Rule.noted && len(x.Notes) > 0 {
		return x.Notes[0].Range
	}
	return hcl.Range{}
}

// hasLine tells a place in a text from a whole file or none.
func hasLine(d *hcl.Diagnostic) bool { return place(d).Start.Line > 0 }

func ruleName(d *hcl.Diagnostic) string {
	if x := Of(d); x != nil {
		return x.Rule.Name
	}
	return ""
}

// withMore is a copy of d that stands for n more instances.
func withMore(d *hcl.Diagnostic, n int) *hcl.Diagnostic {
	copied, extra := *d, *Of(d)
	extra.More += n
	copied.Extra = &extra
	return &copied
}
