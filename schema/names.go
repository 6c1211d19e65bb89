package schema

import (
	"slices"
	"sync"

	"github.com/zclconf/go-cty/cty"
)

// names are the entities that stand in one place, by kind and label. The zero
// names are none.
type names struct {
	body     *body             // of the place
	families []family          // first those of body.labelled, then those of dynamic blocks
	dynamic  map[kindLabel]int // the latter's places; nil when there are few
}

// family is what one block declares in one place: one entity, or one an
// instance; at first neither.
type family struct {
	block  *block
	label  string
	single Entity
	many   *instances
}

// instances are a family's under for_each.
type instances struct {
	elems  []element
	made   []Entity  // of each element
	failed bool      // its for_each was wrong; a diagnostic said so
	value  cty.Value // see reference
	valued sync.Once
}

type kindLabel struct {
	kind  Kind
	label string
}

// labelled are the blocks of a body whose entities' labels are known before
// anything is worked out: the first of each kind and label. It is made once a
// body, of which there may be as many places as instances.
type labelled struct {
	blocks []*block
	index  map[kindLabel]int // nil when there are few
}

// fewNames is up to how many entities are looked through for one.
const fewNames = 8

// label sorts out which blocks of a body are labelled.
func (b *body) label() {
	first := map[kindLabel]int{}
	b.labelled = labelled{}
	for _, n := range b.blocks {
		if !n.spec.entity || unnamed[n.kind] || n.dynamic != nil || len(n.labels) == 0 {
			continue
		}
		key := kindLabel{Kind(n.kind), n.labels[0]}
		if _, known := first[key]; !known {
			first[key] = len(b.labelled.blocks)
			b.labelled.blocks = append(b.labelled.blocks, n)
		}
	}
	if len(first) > fewNames {
		b.labelled.index = first
	}
}

// announced are the names of a place with this body, so that a reference to an
// entity that is not made yet says so.
func (b *body) announced() names {
	in := names{body: b}
	if known := b.labelled.blocks; len(known) > 0 {
		in.families = make([]family, len(known))
		for i, n := range known {
			in.families[i] = family{block: n, label: n.labels[0]}
		}
	}
	return in
}

// mayHave reports that a block which was refused may have declared any name of a
// kind: that there is none is no further mistake.
func (in *names) mayHave(kind string) bool {
	return in.body != nil && slices.Contains(in.body.nameless, kind)
}

// find is the family of a kind and a label, or nil. It is valid until another is
// added.
func (in *names) find(kind Kind, label string) *family {
	if in.body == nil {
		return nil
	}
	known := len(in.body.labelled.blocks)
	if f := look(in.families[:known], in.body.labelled.index, kind, label); f != nil {
		return f
	}
	return look(in.families[known:], in.dynamic, kind, label)
}

// look finds one of some families, by the index if there is one.
func look(families []family, index map[kindLabel]int, kind Kind, label string) *family {
	if index != nil {
		if i, ok := index[kindLabel{kind, label}]; ok {
			return &families[i]
		}
		return nil
	}
	for i := range families {
		if f := &families[i]; f.label == label && f.kind() == kind {
			return f
		}
	}
	return nil
}

// add makes what a dynamic block declares known by a label. There is none of its
// kind and label yet.
func (in *names) add(n *block, label string) *family {
	in.families = append(in.families, family{block: n, label: label})
	known := len(in.body.labelled.blocks)
	switch added := in.families[known:]; {
	case in.dynamic != nil:
		in.dynamic[kindLabel{Kind(n.kind), label}] = len(added) - 1
	case len(added) > fewNames:
		in.dynamic = make(map[kindLabel]int, 2*fewNames)
		for i := range added {
			in.dynamic[kindLabel{added[i].kind(), added[i].label}] = i
		}
	}
	return &in.families[len(in.families)-1]
}

// labels are those of a kind, sorted.
func (in *names) labels(kind Kind) []string {
	out := []string{}
	for i := range in.families {
		if f := &in.families[i]; f.kind() == kind {
			out = append(out, f.label)
		}
	}
	slices.Sort(out)
	return out
}

func (f *family) kind() Kind { return Kind(f.block.kind) }

// made reports that the family's instances are made, as far as they can be.
func (f *family) made() bool { return f.single != nil || f.many != nil }

// failed reports that there are none, of which a diagnostic said why.
func (f *family) failed() bool { return f.many != nil && f.many.failed }

// address is how the family is reached. Owner is the entity in whose block it
// stands; nil at the top.
func (f *family) address(s *scope, owner *Head) string {
	if owner != nil {
		return owner.Address() + "." + f.block.kind + labelStep(f.label)
	}
	return s.address + f.block.kind + labelStep(f.label)
}

// reference is the family as a value: a reference, or a map of them.
func (f *family) reference() cty.Value {
	if f.single != nil {
		return cty.CapsuleVal(refType, f.single.Header())
	}
	f.many.valued.Do(f.many.refer)
	return f.many.value
}

func (m *instances) refer() {
	if len(m.made) == 0 {
		m.value = cty.MapValEmpty(refType)
		return
	}
	refs := make(map[string]cty.Value, len(m.made))
	for i, x := range m.made {
		refs[m.elems[i].key] = cty.CapsuleVal(refType, x.Header())
	}
	m.value = cty.MapVal(refs)
}
