package schema

import (
	"bytes"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/json"

	"jsc/schema/diag"
)

// body is a parsed block body: HCL's native and JSON syntax look the same from
// here on. It is made once a block, however many instances for_each gives it.
type body struct {
	attrs    []*attr
	blocks   []*block
	strata   [therest + 1][]known // the attributes that its spec knows
	labelled labelled
	crosses  bool      // entities stand in it that are no early ones
	groups   []sharing // of its spec's groups
	refused  []string  // the kinds of the blocks that were refused
	nameless []string  // likewise, of those that may have declared any name
	end      hcl.Range // where something missing is missing
}

// known is an attribute and what the spec says of it.
type known struct {
	spec *attrSpec
	*attr
}

type attr struct {
	site Site
	name string
	expr hclsyntax.Expression

	constant bool // see settle
}

type block struct {
	kind     string
	labels   []string
	site     BlockSite
	body     *body
	spec     *spec
	dynamic  *dynamic // how many blocks of this form there are; nil: one
	forEach  *attr
	nameAttr *attr
	within   *blockSpec // what the spec of the body that it stands in says of it
	constant bool       // no entity, and the same in all instances
	refused  bool       // there is none, of which a diagnostic said why
}

// holds reports that there is a block of one of the types in it.
func (b *body) holds(types ...string) bool {
	return slices.ContainsFunc(b.blocks, func(n *block) bool { return slices.Contains(types, n.kind) })
}

func (b *body) attr(name string) *attr {
	for _, a := range b.attrs {
		if a.name == name {
			return a
		}
	}
	return nil
}

// withoutMark is a file's text without a byte order mark, which some editors
// write before it and JSON does not know.
func withoutMark(data []byte) []byte { return bytes.TrimPrefix(data, []byte("\uFEFF")) }

// parseFile parses one file into a body, after what must not reach the parser
// has been refused. Shape is what a JSON file needs to tell blocks from
// attributes.
func parseFile(name string, data []byte, shape *spec) (*body, hcl.Diagnostics) {
	if diags := scan(name, data); diags.HasErrors() {
		return nil, diags
	}
	data = withoutMark(data)
	if strings.HasSuffix(name, ".json") {
		f, diags := json.Parse(data, name)
		if diags.HasErrors() {
			return nil, syntaxErrors(diags[:1]) // the rest follows from the first
		}
		j := &jsonParser{}
		b := j.body(f.Body, shape)
		return b, append(syntaxErrors(diags), j.diags...)
	}
	f, diags := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	if diags.HasErrors() {
		return nil, syntaxErrors(diags)
	}
	return nativeBody(f.Body.(*hclsyntax.Body)), syntaxErrors(diags)
}

// syntaxErrors gives HCL's own words about syntax our form.
func syntaxErrors(in hcl.Diagnostics) hcl.Diagnostics { return adopt("syntax", in) }

// adopt gives diagnostics of the HCL library our form, under a rule whose
// message is one sentence.
func adopt(rule string, in hcl.Diagnostics) hcl.Diagnostics {
	var out hcl.Diagnostics
	for _, d := range in {
		if diag.Of(d) != nil {
			out = append(out, d)
			continue
		}
		var at hcl.Range
		if d.Subject != nil {
			at = *d.Subject
		}
		n := diag.New(rule, at, sentence(d.Summary))
		switch {
		case strings.HasPrefix(d.Detail, "Template sequences are not allowed"):
			n = diag.WithHint(n, "A label is a plain text: write what is worked out as the block's name, as in name = \"A-${var.env}\".")
		case d.Detail != "":
			n = diag.WithHint(n, "%s", d.Detail)
		}
		out = append(out, n)
	}
	return out
}

// sentence is a library's title as the start of one of our messages: no
// capital, no full stop.
func sentence(s string) string {
	s = strings.TrimSuffix(s, ".")
	if len(s) > 1 && s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z' {
		s = string(s[0]+'a'-'A') + s[1:]
	}
	return s
}

func nativeBody(in *hclsyntax.Body) *body {
	out := &body{end: in.EndRange}
	for _, a := range in.Attributes {
		out.attrs = append(out.attrs, &attr{
			name: a.Name,
			site: Site{Name: a.NameRange, Value: a.Expr.Range(), Elems: elements(a.Expr)},
			expr: rewrite(a.Expr),
		})
	}
	sortAttrs(out.attrs)
	for _, b := range in.Blocks {
		nb := &block{kind: b.Type, labels: b.Labels, body: nativeBody(b.Body)}
		nb.site = BlockSite{Type: b.TypeRange, Def: b.DefRange(), Body: b.Body.EndRange}
		if len(b.LabelRanges) > 0 {
			nb.site.Label = b.LabelRanges[0]
		}
		out.blocks = append(out.blocks, nb)
	}
	return out
}

// elements are the ranges of a list that is written out.
func elements(e hclsyntax.Expression) []hcl.Range {
	t, ok := e.(*hclsyntax.TupleConsExpr)
	if !ok {
		return nil
	}
	out := make([]hcl.Range, len(t.Exprs))
	for i, x := range t.Exprs {
		out[i] = x.Range()
	}
	return out
}

// sortAttrs puts attributes in the order of the source; HCL keeps them in a map.
func sortAttrs(attrs []*attr) {
	sort.Slice(attrs, func(i, j int) bool {
		return attrs[i].site.Name.Start.Byte < attrs[j].site.Name.Start.Byte
	})
}
