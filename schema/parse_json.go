package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// jsonParser turns a body in HCL's JSON syntax into ours. Only a spec can tell
// a block from an object there.
type jsonParser struct{ diags hcl.Diagnostics }

func (j *jsonParser) body(in hcl.Body, s *spec) *body {
	var shape hcl.BodySchema
	for _, name := range s.settable() {
		b, ok := s.blocks[name]
		if !ok {
			shape.Attributes = append(shape.Attributes, hcl.AttributeSchema{Name: name})
			continue
		}
		shape.Blocks = append(shape.Blocks, hcl.BlockHeaderSchema{Type: name, LabelNames: b.labels()})
	}
	if len(s.blocks) > 0 {
		shape.Blocks = append(shape.Blocks, hcl.BlockHeaderSchema{Type: "dynamic", LabelNames: []string{"type"}})
	}
	content, rest, diags := in.PartialContent(&shape)
	j.diags = append(j.diags, syntaxErrors(diags)...)
	out := &body{end: in.MissingItemRange()}
	for _, a := range content.Attributes {
		out.attrs = append(out.attrs, j.attr(a))
	}
	unknown, diags := rest.JustAttributes()
	j.diags = append(j.diags, syntaxErrors(diags)...)
	for _, a := range unknown {
		out.attrs = append(out.attrs, j.attr(a))
	}
	sortAttrs(out.attrs)
	for _, b := range content.Blocks {
		nb := &block{kind: b.Type, labels: b.Labels}
		nb.site = BlockSite{Type: b.TypeRange, Def: b.DefRange, Body: b.Body.MissingItemRange()}
		if len(b.LabelRanges) > 0 {
			nb.site.Label = b.LabelRanges[0]
		}
		if b.Type == "dynamic" {
			if inner, ok := s.blocks[b.Labels[0]]; ok {
				nb.body = j.body(b.Body, dynamicSpec(inner))
				out.blocks = append(out.blocks, nb)
				continue
			}
			nb.body = &body{end: nb.site.Body}
		} else {
			nb.body = j.body(b.Body, s.blocks[b.Type].spec())
		}
		out.blocks = append(out.blocks, nb)
	}
	return out
}

func (j *jsonParser) attr(a *hcl.Attribute) *attr {
	e := j.expr(a.Expr)
	return &attr{
		name: a.Name,
		site: Site{Name: a.NameRange, Value: a.Expr.Range(), Elems: elements(e)},
		expr: rewrite(e),
	}
}

// expr gives a JSON value the syntax tree that the same value has in native
// syntax; a string is a template.
func (j *jsonParser) expr(in hcl.Expression) hclsyntax.Expression {
	at := in.Range()
	if pairs, diags := hcl.ExprMap(in); !diags.HasErrors() {
		out := &hclsyntax.ObjectConsExpr{SrcRange: at, OpenRange: in.StartRange()}
		for _, p := range pairs {
			out.Items = append(out.Items, hclsyntax.ObjectConsItem{KeyExpr: j.expr(p.Key), ValueExpr: j.expr(p.Value)})
		}
		return out
	}
	if list, diags := hcl.ExprList(in); !diags.HasErrors() {
		out := &hclsyntax.TupleConsExpr{SrcRange: at, OpenRange: in.StartRange()}
		for _, x := range list {
			out.Exprs = append(out.Exprs, j.expr(x))
		}
		return out
	}
	v, diags := in.Value(nil)
	j.diags = append(j.diags, syntaxErrors(diags)...)
	if v.IsNull() || v.Type() != cty.String {
		return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at}
	}
	start := at.Start
	start.Byte++
	start.Column++
	e, diags := hclsyntax.ParseTemplate([]byte(v.AsString()), at.Filename, start)
	j.diags = append(j.diags, syntaxErrors(diags)...)
	if e == nil {
		return &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: at}
	}
	return e
}
