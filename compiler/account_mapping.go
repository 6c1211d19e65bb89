package compiler

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// compileMappings makes an account's mappings, as far as the server takes them
// (server/accounts.go, AddWeightedMappings).
func (p *pass) compileMappings(a *Account) {
	written := map[string]*schema.Mapping{}
	for _, src := range a.Src.Mappings {
		from := string(src.From.Or(schema.Subject(src.Name)))
		at := src.From.RangeOr(src.LabelOrNameRange())
		if err := subject.Valid(from); err != nil {
			p.add(diag.New("bad-subject", at, from, err.Error()))
			continue
		}
		if first, dup := written[from]; dup {
			d := diag.New("duplicate-name", at, "mapping", from)
			p.add(diag.WithNote(d, first.LabelOrNameRange(), "mapping %q is declared here first", from))
			continue
		}
		written[from] = src
		if to := p.destinations(src, from); len(to) > 0 {
			a.Mappings = append(a.Mappings, &Mapping{From: from, To: to})
		}
	}
	slices.SortFunc(a.Mappings, func(x, y *Mapping) int { return cmp.Compare(x.From, y.From) })
	p.checkMappingCycles(a, written)
}

// destinations are where a mapping leads. An absent weight is the whole.
func (p *pass) destinations(src *schema.Mapping, from string) []Destination {
	if src.Destination.IsSet() {
		if len(src.To) > 0 {
			p.add(diag.New("field-conflict", src.Destination.NameRange(), "destination", "to"))
		}
		at := src.Destination.Range()
		if err := subject.ValidMapping(from, src.Destination.Value); err != nil || src.Destination.Value == "" {
			p.add(diag.New("bad-mapping", at, mappingFault(from, src.Destination.Value, err)))
			return nil
		}
		return []Destination{{Subject: src.Destination.Value, Weight: 100}}
	}
	if len(src.To) == 0 && !src.Destination.Invalid() && !src.Lacks("to") {
		d := diag.New("missing-attribute", src.Site().Body, "mapping "+quote(from), "destination")
		p.add(diag.WithHint(d, "Add destination, or a to block for each of several."))
	}
	var list []Destination
	sums := map[string]int{}
	var totals map[string]int // where a sum is told
	var seen names
	for _, to := range src.To {
		d := Destination{Subject: to.Subject.Or(to.Name), Weight: int(to.Weight.Or(100)), Cluster: to.Cluster.Or("")}
		at := to.Subject.RangeOr(to.LabelOrNameRange())
		if err := subject.ValidMapping(from, d.Subject); err != nil || d.Subject == "" {
			p.add(diag.New("bad-mapping", at, mappingFault(from, d.Subject, err)))
			continue
		}
		if first, dup := seen.get(d.Subject); dup {
			bad := diag.New("bad-mapping", at, fmt.Sprintf("mapping %q leads to %q twice", from, d.Subject))
			p.add(diag.WithNote(bad, first.Header().LabelOrNameRange(), "it leads there first here"))
			continue
		}
		seen.add(d.Subject, to)
		if d.Weight < 1 || d.Weight > 100 {
			p.add(diag.New("bad-value", to.Weight.Range(), "weight", "1 to 100", strconv.Itoa(d.Weight)))
			continue
		}
		sums[d.Cluster] += d.Weight
		if sums[d.Cluster] > 100 && sums[d.Cluster]-d.Weight <= 100 {
			if totals == nil {
				totals = weights(src)
			}
			p.add(diag.New("mapping-over-100", to.Weight.RangeOr(at), from, totals[d.Cluster]))
		}
		list = append(list, d)
	}
	return list
}

func mappingFault(from, to string, err error) string {
	if err == nil {
		return fmt.Sprintf("mapping %q leads nowhere", from)
	}
	return fmt.Sprintf("%q cannot become %q: %v", from, to, err)
}

// weights are the sums of a mapping's weights in each cluster.
func weights(src *schema.Mapping) map[string]int {
	sums := map[string]int{}
	for _, to := range src.To {
		sums[to.Cluster.Or("")] += int(to.Weight.Or(100))
	}
	return sums
}

// checkMappingCycles refuses mappings that lead into each other.
func (p *pass) checkMappingCycles(a *Account, written map[string]*schema.Mapping) {
	if len(a.Mappings) < 2 {
		return
	}
	var sources subject.Index[*Mapping]
	for _, m := range a.Mappings {
		sources.Add(m.From, m)
	}
	next := func(m *Mapping) iter.Seq[*Mapping] {
		return func(yield func(*Mapping) bool) {
			for _, d := range m.To {
				for _, n := range sources.Overlapping(plainDestination(d.Subject)) {
					if !yield(n) {
						return
					}
				}
			}
		}
	}
	for _, path := range cycles(a.Mappings, next) {
		last := written[path[len(path)-1].From]
		p.add(diag.New("mapping-cycle", last.LabelOrNameRange(), circle(path, func(m *Mapping) string { return m.From })))
	}
}

// plainDestination is a destination with what it fills in as "*".
func plainDestination(dest string) string {
	tokens := strings.Split(dest, ".")
	for i, token := range tokens {
		if _, ok := placeholder(token); ok || strings.HasPrefix(token, "{{") {
			tokens[i] = subject.Any
		}
	}
	return strings.Join(tokens, ".")
}
