package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
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
		out.attrs = append(out.attrs, j.attr(a, s.attrs[a.Name]))
	}
	unknown, more := rest.JustAttributes()
	if !diags.HasErrors() { // else it says the same again
		j.diags = append(j.diags, syntaxErrors(more)...)
	}
	for _, a := range unknown {
		out.attrs = append(out.attrs, j.attr(a, nil))
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

func (j *jsonParser) attr(a *hcl.Attribute, s *attrSpec) *attr {
	var e hclsyntax.Expression
	if text, ok := plainText(a.Expr); ok && s != nil && s.syntax {
		e = j.parse(text, a.Expr.Range(), hclsyntax.LexExpression, hclsyntax.ParseExpression)
	} else {
		e = j.expr(a.Expr)
	}
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
	if text, ok := plainText(in); ok {
		return j.parse(text, at, hclsyntax.LexTemplate, hclsyntax.ParseTemplate)
	}
	v, diags := in.Value(nil)
	j.diags = append(j.diags, syntaxErrors(diags)...)
	return &hclsyntax.LiteralValueExpr{Val: v, SrcRange: at}
}

// plainText is a JSON string as it is written.
func plainText(e hcl.Expression) (string, bool) {
	v, diags := e.Value(nil)
	if diags.HasErrors() || v.IsNull() || v.Type() != cty.String {
		return "", false
	}
	return v.AsString(), true
}

// parse parses what stands in a string at a place.
func (j *jsonParser) parse(
	text string, at hcl.Range,
	lex func([]byte, string, hcl.Pos) (hclsyntax.Tokens, hcl.Diagnostics),
	parse func([]byte, string, hcl.Pos) (hclsyntax.Expression, hcl.Diagnostics),
) hclsyntax.Expression {
	bad := &hclsyntax.LiteralValueExpr{Val: cty.DynamicVal, SrcRange: at}
	if secret := secretIn([]byte(text)); secret != "" {
		j.diags = append(j.diags, diag.New("secret-in-source", at, secret))
		return bad
	}
	if nesting(at.Filename, []byte(text), lex).HasErrors() {
		j.diags = append(j.diags, tooDeep(at)...)
		return bad
	}
	start := at.Start
	start.Byte++
	start.Column++
	e, diags := parse([]byte(text), at.Filename, start)
	j.diags = append(j.diags, syntaxErrors(diags)...)
	if e == nil || diags.HasErrors() {
		return bad
	}
	return e
}
