package schema

import (
	"reflect"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// template is what all instances of a block have in common. The trunk works it
// out once for those that branches make. It is shared by them, and not changed
// any more once they have it.
type template struct {
	block *block
	value reflect.Value // the struct
	inner []*template   // of the blocks in it; nil for dynamic ones
}

// newTemplate makes a template of which nothing is worked out.
func newTemplate(n *block) *template {
	t := &template{block: n, value: n.spec.make(n.body, nil).Elem(), inner: make([]*template, len(n.body.blocks))}
	if b, ok := t.value.Addr().Interface().(interface{ place(*BlockSite) }); ok {
		b.place(&n.site)
	}
	for i, in := range n.body.blocks {
		if in.dynamic == nil {
			t.inner[i] = newTemplate(in)
		}
	}
	return t
}

// of is the template of block i in the one that t is of.
func (t *template) of(i int) *template {
	if t == nil {
		return nil
	}
	return t.inner[i]
}

// fillTemplate works out what of a template belongs to stratum now.
func (e *evaluator) fillTemplate(t *template, ctx *hcl.EvalContext) {
	b := t.block.body
	for _, a := range b.strata[e.now] {
		if a.constant {
			e.attribute(a.spec, a.attr, t.value.FieldByIndex(a.spec.index).Addr(), ctx)
		}
	}
	for i, n := range b.blocks {
		in := t.inner[i]
		switch {
		case in == nil:
		case n.spec.entity:
			e.fillTemplate(in, ctx)
		case e.now == therest:
			e.now = deliveries
			e.fillTemplate(in, ctx)
			e.now = therest
			e.fillTemplate(in, ctx)
			if n.constant {
				putBlock(t.value, n.within, in.value.Addr())
			}
		}
	}
}

// sharing says what instances have of a group of their attributes. Whatever it
// is, Load leaves no group nil.
type sharing int

const (
	none sharing = iota // nothing is written of it: there is one for all
	same                // what their template has
	own
)

// make makes a block's struct, for the template to hold or for an instance of
// it; t is nil where there is none.
func (s *spec) make(b *body, t *template) reflect.Value {
	v := reflect.New(s.typ)
	for i, g := range s.groups {
		field := v.Elem().FieldByIndex(g.index)
		switch {
		case b.groups[i] == none:
			field.Set(g.none)
		case b.groups[i] == same && t != nil:
			field.Set(t.value.FieldByIndex(g.index))
		default:
			field.Set(reflect.New(g.none.Type().Elem()))
		}
	}
	return v
}

// settle finds out what in a body is the same in all instances: what names
// nothing of each. What stands in a dynamic block differs.
func (b *body) settle(s *spec, constant bool) {
	b.groups = make([]sharing, len(s.groups))
	use := func(group int, constant bool) {
		switch {
		case group == ungrouped:
		case !constant:
			b.groups[group] = own
		case b.groups[group] == none:
			b.groups[group] = same
		}
	}
	for _, a := range b.attrs {
		a.constant = constant && isConstant(a.expr)
		if as := s.attrs[a.name]; as != nil {
			use(as.group, a.constant)
		}
	}
	for _, n := range b.blocks {
		n.within = s.blocks[n.kind]
		b.crosses = b.crosses || n.spec.entity && !unnamed[n.kind] && !early[n.kind]
		n.body.settle(n.spec, constant && n.dynamic == nil)
		n.constant = constant && n.dynamic == nil && !n.spec.entity
		for _, a := range n.body.attrs {
			n.constant = n.constant && a.constant
		}
		for _, in := range n.body.blocks {
			n.constant = n.constant && in.constant
		}
		use(n.within.group, n.constant)
	}
}

// unvarying are the first names of references that are the same wherever they
// stand in a topology or a module.
var unvarying = map[string]bool{"var": true, "local": true, "module": true, "account": true, "share": true}

// isConstant reports that an expression outside of dynamic blocks has one value
// in all instances.
func isConstant(e hclsyntax.Expression) bool {
	constant := true
	hclsyntax.VisitAll(e, func(node hclsyntax.Node) hcl.Diagnostics {
		if name, ok := node.(*nameExpr); ok && !unvarying[name.Traversal.RootName()] {
			constant = false
		}
		return nil
	})
	return constant
}
