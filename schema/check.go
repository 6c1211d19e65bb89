package schema

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// dynamic is what `dynamic "to" {}` says around its content.
type dynamic struct {
	forEach  *attr
	iterator string // the name of the loop's variable
	labels   []hclsyntax.Expression
	at       hcl.Range
}

// checker holds a parsed tree against its spec: what is unknown, missing or
// there twice is said once here, however many instances there will be. It
// leaves in the tree only what the spec knows.
type checker struct{ diags hcl.Diagnostics }

func (c *checker) add(d *hcl.Diagnostic) { c.diags = append(c.diags, d) }

// body checks a body; header is where a missing attribute is reported.
func (c *checker) body(b *body, s *spec, header hcl.Range) {
	if s.open {
		for _, n := range b.blocks {
			c.unknown("unknown-block", n.site.Type, s, n.kind)
		}
		b.blocks = nil
		return
	}
	known := b.attrs[:0]
	for _, a := range b.attrs {
		switch {
		case s.attrs[a.name] != nil, s.forEach && (a.name == "for_each" || a.name == "name"):
			known = append(known, a)
		case s.blocks[a.name] != nil:
			c.add(diag.WithHint(diag.New("wrong-type", a.site.Name, a.name, "a block", "an attribute"),
				"Write it as %s without the equals sign.", c.example(s.blocks[a.name])))
		default:
			near := c.unknown("unknown-attribute", a.site.Name, s, a.name)
			if b.attr(near) == nil && (s.attrs[near] != nil || s.forEach && near == "for_each") {
				known = append(known, a.misspelt(near))
			}
			if s.blocks[near] != nil {
				b.refused = append(b.refused, near)
			}
		}
	}
	b.attrs = known
	for _, name := range s.names {
		if a := s.attrs[name]; a != nil && a.required && b.attr(name) == nil {
			c.add(diag.New("missing-attribute", header, s.what, name))
		}
	}
	c.blocks(b, s)
	b.sortOut(s)
}

// sortOut puts the attributes of a body to the strata that they belong to, and
// its blocks to their labels.
func (b *body) sortOut(s *spec) {
	b.strata = [therest + 1][]known{}
	for _, a := range b.attrs {
		if as := s.attrs[a.name]; as != nil {
			b.strata[as.stratum] = append(b.strata[as.stratum], known{as, a})
		}
	}
	b.label()
}

func (c *checker) blocks(b *body, s *spec) {
	first := map[string]*block{}
	var known []*block
	for _, n := range b.blocks {
		if n.kind == "dynamic" {
			labels := n.labels
			if n = c.dynamic(n, s); n == nil {
				b.refused = append(b.refused, labels...)
				continue
			}
		}
		bs := s.blocks[n.kind]
		if bs == nil && s.attrs[n.kind] != nil {
			c.add(diag.WithHint(diag.New("wrong-type", n.site.Type, n.kind, "an attribute", "a block"),
				"Write it as %s = ….", n.kind))
			continue
		}
		if bs == nil {
			near := c.unknown("unknown-block", n.site.Type, s, n.kind)
			b.refused = append(b.refused, near)
			if bs = s.blocks[near]; bs != nil && bs.spec().entity && !unnamed[near] && len(n.labels) == 1 {
				known = append(known, n.misspelt(near, bs.spec()))
			} else {
				b.nameless = append(b.nameless, near)
			}
			continue
		}
		n.spec = bs.spec()
		if !c.labels(n) {
			b.refused, b.nameless = append(b.refused, n.kind), append(b.nameless, n.kind)
			continue
		}
		if prior := first[n.kind]; prior != nil && !bs.many {
			d := diag.New("duplicate-name", n.site.Def, "the block", n.kind)
			c.add(diag.WithNote(d, prior.site.Def, "it is already declared here"))
			continue
		}
		first[n.kind] = n
		c.body(n.body, n.spec, n.site.Def)
		n.site.refused = n.body.refused
		n.meta()
		known = append(known, n)
	}
	b.blocks = known
}

// meta takes for_each and name out of the attributes.
func (n *block) meta() {
	if !n.spec.forEach {
		return
	}
	rest := n.body.attrs[:0]
	for _, a := range n.body.attrs {
		switch {
		case a.name == "for_each":
			n.forEach = a
		case a.name == "name" && n.spec.attrs["name"] == nil && !n.spec.open:
			n.nameAttr = a
		default:
			rest = append(rest, a)
		}
	}
	n.body.attrs = rest
}

func (c *checker) labels(n *block) bool {
	want := n.spec.labelled()
	if len(n.labels) == want || n.dynamic != nil || n.kind == "content" {
		return true
	}
	form := n.kind + " {}"
	if want == 1 {
		form = n.kind + ` "name" {}`
	}
	c.add(diag.WithHint(diag.New("syntax", n.site.Def, fmt.Sprintf("a block %s has %s, not %s", n.kind, count(want), count(len(n.labels)))),
		"Write %s.", form))
	return false
}

func count(labels int) string {
	switch labels {
	case 0:
		return "no label"
	case 1:
		return "one label"
	}
	return fmt.Sprintf("%d labels", labels)
}

// dynamic turns `dynamic "to" { for_each content {} }` into a block of the
// type that it makes.
func (c *checker) dynamic(n *block, s *spec) *block {
	if len(n.labels) == 1 && s.blocks[n.labels[0]] != nil && unnamed[n.labels[0]] && !unnamed[s.what] {
		d := diag.New("unknown-block", n.site.Def, "a dynamic block", n.labels[0])
		if n.labels[0] == "module" {
			c.add(diag.WithHint(d, "Give the module block itself a for_each."))
		} else {
			c.add(diag.WithHint(d, "Write the blocks out."))
		}
		return nil
	}
	if len(n.labels) != 1 || s.blocks[n.labels[0]] == nil || unnamed[n.labels[0]] || unnamed[s.what] {
		said := strings.Join(n.labels, " ")
		c.unknown("unknown-block", n.site.Def, s, said)
		return nil
	}
	inner := s.blocks[n.labels[0]]
	ds := dynamicSpec(inner)
	before := len(c.diags)
	c.body(n.body, ds, n.site.Def)
	if len(c.diags) > before {
		return nil
	}
	d := &dynamic{forEach: n.body.attr("for_each"), iterator: n.labels[0], at: n.site.Def}
	if it := n.body.attr("iterator"); it != nil {
		d.iterator = hcl.ExprAsKeyword(it.expr)
		if d.iterator == "" {
			c.add(diag.New("bad-value", it.site.Value, "iterator", "a name", "an expression"))
			return nil
		}
	}
	if l := n.body.attr("labels"); l != nil {
		t, ok := l.expr.(*hclsyntax.TupleConsExpr)
		if !ok {
			c.add(diag.New("wrong-type", l.site.Value, "labels", "a list that is written out", "an expression"))
			return nil
		}
		d.labels = t.Exprs
	}
	want := inner.spec().labelled()
	if len(d.labels) != want {
		says := diag.New("syntax", n.site.Def, fmt.Sprintf("a dynamic block of type %s has %s in labels, not %s", inner.name, count(want), count(len(d.labels))))
		if want == 1 {
			says = diag.WithHint(says, "Name each one, as in labels = [%s.key].", d.iterator)
		} else {
			says = diag.WithHint(says, "Remove labels: %s has none.", inner.name)
		}
		c.add(says)
		return nil
	}
	if len(n.body.blocks) == 0 {
		c.add(diag.New("missing-attribute", n.site.Def, "dynamic", "content"))
		return nil
	}
	b := n.body.blocks[0]
	if b.forEach != nil {
		d := diag.New("unknown-attribute", b.forEach.site.Name, "content", "for_each")
		c.add(diag.WithHint(d, "A dynamic block and a block's own for_each do not combine: write %s with the for_each in place of dynamic.", inner.name))
		return nil
	}
	site := b.site
	if want == 1 {
		site.Label = d.labels[0].Range() // where diagnostics look for what it makes
	}
	return &block{kind: inner.name, site: site, body: b.body, dynamic: d, nameAttr: b.nameAttr}
}

// dynamicSpec is what a dynamic block for one type of block may hold.
func dynamicSpec(inner *blockSpec) *spec {
	content := &blockSpec{name: "content", typ: inner.typ, bare: true}
	return &spec{
		what:   "dynamic",
		attrs:  map[string]*attrSpec{"for_each": {name: "for_each", required: true}, "iterator": {name: "iterator", syntax: true}, "labels": {name: "labels"}},
		blocks: map[string]*blockSpec{"content": content},
		names:  []string{"for_each", "iterator", "labels", "content"},
	}
}

// unknown says that there is no such attribute or block, and gives the name that
// was most likely meant; "" for none.
func (c *checker) unknown(rule string, at hcl.Range, s *spec, name string) (near string) {
	meant, ok := diag.Suggest(name, s.settable())
	if ok && s.blocks[meant] != nil && strings.HasSuffix(at.Filename, ".json") {
		rule = "unknown-block" // in JSON it looks like an attribute
	}
	d := diag.New(rule, at, s.what, name)
	if name == "count" && s.forEach {
		d = diag.WithHint(d, "Several of it are made with for_each, over a map or a set.")
	} else if ok {
		near, d = meant, diag.WithHint(d, "Did you mean %q?", meant)
	}
	c.add(d)
	return near
}

// misspelt stands for the attribute that was meant: written, with a value of
// which no more is said, so that nothing else misses it.
func (a *attr) misspelt(meant string) *attr {
	return &attr{site: a.site, name: meant, expr: &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: a.site.Value}}
}

// misspelt stands for the entity that was meant: declared, and refused, so that
// what refers to it is no further mistake.
func (n *block) misspelt(meant string, s *spec) *block {
	return &block{kind: meant, labels: n.labels, site: n.site, body: &body{}, spec: s, refused: true}
}

// labelled is how many labels a block has.
func (s *spec) labelled() int {
	if s.entity {
		return 1
	}
	return 0
}

func (c *checker) example(b *blockSpec) string {
	if b.spec().entity {
		return b.name + ` "name" {}`
	}
	return b.name + " {}"
}
