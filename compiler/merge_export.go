package compiler

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// candidate is one subject that an account exports, by a declared export or for
// the shares' grants of it, before subjects that contain each other are merged.
type candidate struct {
	declared *Export // nil: made for shares
	subject  string
	terms    *Terms
	grants   []*Grant   // of shares; the first sets the terms when nothing is declared
	wider    *candidate // the candidate that serves it; nil: itself
	export   *Export    // what it becomes; nil when a wider one serves it
}

// mergeExports makes the account's exports: those declared, and what its
// shares' grants need. The JWT forbids one subject within another
// (jwt Exports.Validate), so the wider one serves both, where their terms are
// equal (docs/security.md A11).
func (p *pass) mergeExports(a *Account, grants []*Grant) {
	declared := a.Exports
	a.Exports = nil
	for _, typ := range []Type{ServiceType, StreamType} {
		candidates, index := p.candidates(typ, declared, grants)
		made := 0
		for i := range candidates {
			o := &candidates[i]
			p.widen(o, index)
			if o.wider == nil && o.declared == nil {
				made++
			}
		}
		a.Exports = slices.Grow(a.Exports, len(candidates))
		room := make([]Export, made)
		for i := range candidates {
			o := &candidates[i]
			if o.wider != nil {
				continue
			}
			if o.export = o.declared; o.export == nil {
				o.export, room = &room[0], room[1:]
				*o.export = Export{Type: typ, Subject: o.subject, Terms: *o.terms}
			}
			a.Exports = append(a.Exports, o.export)
		}
		for i, g := range grants {
			if g.Type == typ {
				serve(grants[i:i+1:i+1], index)
			}
		}
	}
	for _, e := range a.Exports {
		e.describe()
	}
	slices.SortFunc(a.Exports, func(x, y *Export) int {
		return cmp.Or(cmp.Compare(x.Type, y.Type), cmp.Compare(x.Subject, y.Subject))
	})
}

// candidates are the account's subjects of one type, each once, declared ones
// first, and an index of them.
func (p *pass) candidates(typ Type, declared []*Export, grants []*Grant) ([]candidate, *subject.Index[*candidate]) {
	most := 0
	for _, e := range declared {
		if e.Type == typ {
			most++
		}
	}
	for _, g := range grants {
		if g.Type == typ && g.Share != nil {
			most++
		}
	}
	candidates := make([]candidate, 0, most) // which is not to move, being pointed at
	index := new(subject.Index[*candidate])
	index.Grow(most)
	add := func(o candidate) {
		candidates = append(candidates, o)
		index.Add(o.subject, &candidates[len(candidates)-1])
	}
	for _, e := range declared {
		if e.Type != typ {
			continue
		}
		o := candidate{declared: e, subject: e.Subject, terms: &e.Terms}
		if first, twice := index.At(e.Subject); twice {
			p.disagree(first, &o, "one subject can be exported only once")
			continue
		}
		add(o)
	}
	for i, g := range grants {
		if g.Type != typ || g.Share == nil {
			continue
		}
		one := candidate{subject: g.exported(), terms: &g.Terms, grants: grants[i : i+1 : i+1]}
		o, has := index.At(one.subject)
		if !has {
			add(one)
			continue
		}
		if *o.terms != g.Terms && !slices.ContainsFunc(o.grants, func(other *Grant) bool { return other.Share == g.Share }) {
			p.disagree(o, &one, "")
		}
		o.grants = append(o.grants, g)
	}
	return candidates, index
}

// typ is the type of the candidate's export.
func (o *candidate) typ() Type {
	if o.declared != nil {
		return o.declared.Type
	}
	return o.grants[0].Type
}

// widen finds the candidate that serves o too, and refuses o where it meets an
// earlier one and cannot be told apart: the server then takes either at random.
// One such is enough: when it is mended the next one shows.
func (p *pass) widen(o *candidate, index *subject.Index[*candidate]) {
	said := false
	for _, other := range index.Overlapping(o.subject) {
		if other == o {
			continue
		}
		disagrees, why := false, ""
		within := subject.Contains(other.subject, o.subject)
		switch {
		case *o.terms != *other.terms:
			disagrees = true
		case within && (o.wider == nil || subject.Contains(other.subject, o.wider.subject)):
			o.wider = other
		case !within && !subject.Contains(o.subject, other.subject):
			disagrees = tokensWithin(o.subject, other.subject) || tokensWithin(other.subject, o.subject)
			why = "the JWT library takes one for a part of the other"
		}
		if disagrees && !said && other.before(o) {
			p.disagree(other, o, why)
			said = true
		}
	}
}

// tokensWithin is jwt's Subject.IsContainedIn, which takes a last ">" for one
// token where the other subject has "*".
func tokensWithin(narrow, wide string) bool {
	n, w := strings.Split(narrow, "."), strings.Split(wide, ".")
	if len(n) < len(w) || len(n) > len(w) && w[len(w)-1] != subject.Rest {
		return false
	}
	for i, token := range w {
		if token == subject.Rest && i == len(w)-1 {
			return true
		}
		if token != n[i] && token != subject.Any {
			return false
		}
	}
	return true
}

// before orders two candidates by where they stand.
func (o *candidate) before(other *candidate) bool {
	return cmp.Or(earlier(o.at(), other.at()), cmp.Compare(o.subject, other.subject)) < 0
}

// disagree reports two candidates that meet and cannot be one export.
func (p *pass) disagree(first, second *candidate, why string) {
	if second.before(first) {
		first, second = second, first
	}
	if why == "" && first.terms.Private != second.terms.Private && first.subject == second.subject {
		open, closed := first, second
		if open.terms.Private {
			open, closed = closed, open
		}
		d := diag.New("share-public-private", open.publicAt(), string(open.typ()), open.subject, closed.title())
		p.add(diag.WithNote(d, closed.at(), "%s needs %q", closed.title(), closed.subject))
		return
	}
	if why == "" {
		why = "their " + first.terms.differs(*second.terms) + " differ"
	}
	d := diag.New("export-overlap", second.at(), string(first.typ()), first.subject, second.subject, why)
	if first.declared != nil && second.declared != nil && first.subject == second.subject {
		d = diag.WithHint(d, "Remove one of them.")
	}
	p.add(diag.WithNote(d, first.at(), "%q is exported here", first.subject))
}

// differs names the terms that are not equal.
func (t Terms) differs(other Terms) string {
	var names []string
	for _, term := range []struct {
		name  string
		equal bool
	}{
		{"response", t.Response == other.Response},
		{"response_threshold", t.Threshold == other.Threshold},
		{"latency", t.LatencySampling == other.LatencySampling && t.LatencyResults == other.LatencyResults},
		{"account_token_position", t.TokenPosition == other.TokenPosition},
		{"allow_trace", t.AllowTrace == other.AllowTrace},
		{"public", t.Private == other.Private},
	} {
		if !term.equal {
			names = append(names, term.name)
		}
	}
	return strings.Join(names, ", ")
}

// at is where a candidate is made: the export, or the share.
func (o *candidate) at() hcl.Range {
	switch {
	case o.declared != nil && o.declared.Raw != nil:
		return o.declared.Raw.LabelOrNameRange()
	case len(o.grants) > 0:
		return o.grants[0].Share.Src.LabelOrNameRange()
	}
	return hcl.Range{}
}

// publicAt is where a candidate is said to be public.
func (o *candidate) publicAt() hcl.Range {
	if o.declared != nil && o.declared.Raw != nil {
		return o.declared.Raw.Public.RangeOr(o.at())
	}
	if len(o.grants) > 0 {
		return o.grants[0].Share.Src.Public.RangeOr(o.at())
	}
	return o.at()
}

// title is what makes a candidate, in the middle of a sentence.
func (o *candidate) title() string {
	if o.declared != nil {
		return fmt.Sprintf("export %q", o.declared.Name)
	}
	return fmt.Sprintf("share %q", o.grants[0].Share.Name)
}

// serve links the one grant of a list to the export of its subject, or to the
// wider one that absorbed it. A declared import may be of a part of an export: it
// gets the covering export whose subject sorts first, or none.
func serve(one []*Grant, index *subject.Index[*candidate]) {
	g := one[0]
	for exported, o := range index.Containing(g.Subject) {
		for o.wider != nil {
			o = o.wider
		}
		e := o.export
		if exported == g.Subject || exported == g.exported() {
			g.Export = e
			break
		}
		if g.Export == nil || e.Subject < g.Export.Subject {
			g.Export = e
		}
	}
	if g.Export == nil {
		return
	}
	if g.Share == nil {
		g.Terms = g.Export.Terms
	}
	if len(g.Export.Grants) == 0 {
		g.Export.Grants = one // most exports have no more
		return
	}
	g.Export.Grants = append(g.Export.Grants, g)
}

// describe names an export that nobody declared after the first share that it
// serves.
func (e *Export) describe() {
	if e.Name != "" {
		return
	}
	var first *Grant
	for _, g := range e.Grants {
		if g.Share == nil {
			continue
		}
		if first == nil || cmp.Or(cmp.Compare(g.Share.Name, first.Share.Name), cmp.Compare(g.Name, first.Name)) < 0 {
			first = g
		}
		e.Advertise = e.Advertise || g.Share.Advertise
	}
	if first == nil {
		return // declared, under a name that was refused
	}
	e.Name = first.Name
	e.Description = first.Share.Src.Description.Or("")
}
