package schema

import "sort"

// names are the entities that stand in one place, by kind and label. The zero
// names are none.
type names struct {
	families []*family // in the order of declaration
	byName   map[kindLabel]*family
}

type kindLabel struct {
	kind  Kind
	label string
}

// fewNames is up to how many entities are looked through for one: in most
// places there are no more, and there are as many places as instances.
const fewNames = 8

// find is the family of a kind and a label, or nil.
func (in *names) find(kind Kind, label string) *family {
	if in.byName != nil {
		return in.byName[kindLabel{kind, label}]
	}
	for _, f := range in.families {
		if f.kind == kind && f.label == label {
			return f
		}
	}
	return nil
}

// labels are those of a kind, sorted.
func (in *names) labels(kind Kind) []string {
	out := []string{}
	for _, f := range in.families {
		if f.kind == kind {
			out = append(out, f.label)
		}
	}
	sort.Strings(out)
	return out
}

// add makes a block's family known. There is none of its kind and label yet.
func (in *names) add(s *scope, n *block, owner *Head, kind Kind, label string) *family {
	prefix := s.address
	if owner != nil {
		prefix = owner.Address + "."
	}
	f := &family{kind: kind, label: label, at: &n.site, block: n, address: prefix + n.step(label)}
	in.families = append(in.families, f)
	switch {
	case in.byName != nil:
		in.byName[kindLabel{kind, label}] = f
	case len(in.families) > fewNames:
		in.byName = make(map[kindLabel]*family, 2*fewNames)
		for _, f := range in.families {
			in.byName[kindLabel{f.kind, f.label}] = f
		}
	}
	return f
}
