package schema

import (
	"fmt"
	"math"
	"reflect"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"jsc/schema/diag"
)

// evaluator works a parsed topology out, stratum by stratum.
type evaluator struct {
	keys   Keys
	files  *reader
	now    stratum
	diags  hcl.Diagnostics
	work   []pending
	scopes []*scope
	path   []waiting // lazy values under way

	touched bool            // what is being evaluated has used a sensitive value
	secrets map[string]bool // texts of sensitive values, and made of such

	conversion conversion // under way

	bounds  Bounds
	givenUp *atomic.Bool  // see watch
	made    *atomic.Int64 // entities so far

	each *element     // of a branch: which the instance under way stands in
	name Attr[string] // of the instance under way
	list []cty.Value  // see written

	mayBranch bool       // of a trunk: families of many instances may have branches
	branches  []*scope   // of a trunk: all its branches
	families  []branched // of a trunk: what they have
	isBranch  bool
}

func (e *evaluator) add(d *hcl.Diagnostic) { e.diags = append(e.diags, d) }

// value evaluates an expression and keeps what is to be said about it.
func (e *evaluator) value(x hcl.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := expression(x.(hclsyntax.Expression), ctx)
	e.diags = append(e.diags, diags...)
	return v, diags
}

// fillOne works out what of an instance belongs to stratum now.
func (e *evaluator) fillOne(p pending) {
	if e.now != therest && len(p.block.body.strata[e.now]) == 0 {
		return // without a look at it: there are many
	}
	e.fill(p.head, p.block.body, p.block.spec, p.into(), p.ctx, p.template)
}

// fill works out those attributes of a struct that belong to stratum now, and,
// in the last stratum, the blocks in it that are no entities. H is the entity
// around them; nil at the top. What t has, if there is one, is not worked out
// again.
func (e *evaluator) fill(h *Head, b *body, sp *spec, into reflect.Value, ctx *hcl.EvalContext, t *template) {
	for _, a := range b.strata[e.now] {
		switch g := a.spec.group; {
		case t == nil || !a.constant:
			before := len(e.diags)
			e.attribute(a.spec, a.attr, into.FieldByIndex(a.spec.index).Addr(), ctx)
			if len(e.diags) > before && h != nil && !a.constant {
				inInstance(e.diags[before:], h, a.attr)
			}
		case g == ungrouped || b.groups[g] == own:
			into.FieldByIndex(a.spec.index).Set(t.value.FieldByIndex(a.spec.index))
		}
	}
	if e.now != therest {
		return
	}
	for i, n := range b.blocks {
		if n.spec.entity || unnamed[n.kind] {
			continue
		}
		bs, in := n.within, t.of(i)
		if in != nil && n.constant {
			if g := bs.group; g == ungrouped || b.groups[g] == own {
				putBlock(into, bs, in.value.Addr())
			}
			continue
		}
		each := []*hcl.EvalContext{ctx}
		if n.dynamic != nil {
			each, _ = e.dynamicContexts(n, ctx)
		}
		for i, c := range each {
			if i > 0 && !bs.many {
				e.add(diag.New("duplicate-name", n.dynamic.at, "the block", n.kind))
				break
			}
			v := n.spec.make(n.body, in)
			if b, ok := v.Interface().(interface{ place(*BlockSite) }); ok {
				b.place(&n.site)
			}
			e.now = deliveries
			e.fill(h, n.body, n.spec, v.Elem(), c, in)
			e.now = therest
			e.fill(h, n.body, n.spec, v.Elem(), c, in)
			e.within(h, n, v.Elem(), c)
			putBlock(into, bs, v)
		}
	}
}

// inInstance says of what is wrong with an attribute's own text in which
// instance it is so; what is constant is wrong in all.
func inInstance(diags hcl.Diagnostics, h *Head, a *attr) {
	for _, d := range diags {
		if at := d.Subject; at != nil && at.Filename == a.site.Value.Filename && a.site.Value.ContainsPos(at.Start) && diag.Of(d) != nil {
			diag.WithInstance(d, h.Instance())
		}
	}
}

// putBlock puts a block into the struct that it stands in.
func putBlock(into reflect.Value, bs *blockSpec, v reflect.Value) {
	field := into.FieldByIndex(bs.index)
	if bs.many {
		v = reflect.Append(field, v)
	}
	field.Set(v)
}

// within makes the entities of a block that is none itself, as the tiers of
// jetstream, and works them out at once: nothing can refer to them.
func (e *evaluator) within(h *Head, n *block, into reflect.Value, ctx *hcl.EvalContext) {
	first := len(e.work)
	e.now = families
	in := n.body.announced()
	e.declare(scopeOf(ctx), n.body, n.spec, h, into, ctx, &in, nil)
	for _, made := range e.work[first:] {
		for _, e.now = range []stratum{deliveries, therest} {
			e.fillOne(made)
		}
	}
	e.now = therest
}

func (b *Block) place(at *BlockSite) { b.site = at }

// attribute works one attribute out and puts it into *into, an *Attr.
func (e *evaluator) attribute(as *attrSpec, a *attr, into reflect.Value, ctx *hcl.EvalContext) {
	dst := into.Interface().(assigner)
	e.touched = false
	if list, ok := e.written(as, a, ctx); ok {
		if out, ok := e.convertList(as, a, list); ok {
			dst.assign(&a.site, out)
		} else {
			dst.fail(&a.site)
		}
		return
	}
	v, diags := e.value(a.expr, ctx)
	if e.touched {
		e.keepSecret(v)
	}
	if diags.HasErrors() || !v.IsWhollyKnown() {
		dst.fail(&a.site)
		return
	}
	if v.IsNull() {
		if as.required {
			e.add(diag.New("missing-attribute", a.site.Value, as.of, as.name))
			dst.fail(&a.site)
		}
		return
	}
	out, ok := e.convert(as, a, v)
	if !ok {
		dst.fail(&a.site)
		return
	}
	if e.touched {
		e.keepForm(out)
	}
	dst.assign(&a.site, out)
}

// written are the values of a list that is written out, none of them anything
// but a text or a reference; false when it is not so, or one is sensitive.
func (e *evaluator) written(as *attrSpec, a *attr, ctx *hcl.EvalContext) ([]cty.Value, bool) {
	t, ok := a.expr.(*hclsyntax.TupleConsExpr)
	if !ok || as.typ.Kind() != reflect.Slice {
		return nil, false
	}
	e.list = e.list[:0]
	for _, x := range t.Exprs {
		v, diags := x.Value(ctx)
		simple := !v.IsMarked() && v.IsKnown() && !v.IsNull() && (v.Type() == cty.String && len(v.AsString()) <= shortTemplate || v.Type() == refType)
		if len(diags) > 0 || e.touched || !simple {
			return nil, false
		}
		e.list = append(e.list, v)
	}
	return e.list, true
}

// convert turns a value into what the attribute's type is.
func (e *evaluator) convert(as *attrSpec, a *attr, v cty.Value) (any, bool) {
	if as.typ == reflect.TypeFor[cty.Value]() {
		return v, true
	}
	c := &e.conversion
	*c = conversion{e: e, spec: as, at: a.site.Value, elem: -1}
	if as.typ.Kind() != reflect.Slice {
		one, ok := scalars[as.typ]
		if !ok {
			panic("schema: no conversion to " + as.typ.String())
		}
		out, ok := one.convert(c, v)
		return out, ok
	}
	if !v.CanIterateElements() || v.Type().IsMapType() || v.Type().IsObjectType() {
		e.add(diag.New("wrong-type", a.site.Value, as.name, wants(as), typeName(v)))
		return nil, false
	}
	return e.convertList(as, a, v.AsValueSlice())
}

// convertList is convert for the elements of a list.
func (e *evaluator) convertList(as *attrSpec, a *attr, values []cty.Value) (any, bool) {
	c := &e.conversion
	*c = conversion{e: e, spec: as}
	elem := as.typ.Elem()
	one, ok := scalars[elem]
	if !ok {
		panic("schema: no conversion to " + elem.String())
	}
	list := reflect.MakeSlice(as.typ, 0, len(values))
	good := true
	for i, x := range values {
		c.at, c.elem = a.site.Value, i
		if i < len(a.site.Elems) {
			c.at = a.site.Elems[i]
		}
		if x.IsNull() {
			e.add(diag.New("wrong-type", c.at, c.name(), one.what, "null"))
			good = false
			continue
		}
		if out, ok := one.convert(c, x); ok {
			list = reflect.Append(list, reflect.ValueOf(out))
		} else {
			good = false
		}
	}
	return list.Interface(), good
}

// wants is what an attribute takes, in a user's words.
func wants(as *attrSpec) string {
	if as.typ.Kind() == reflect.Slice {
		return "a list, each " + scalars[as.typ.Elem()].what
	}
	return scalars[as.typ].what
}

// conversion is one value on its way into an attribute.
type conversion struct {
	e    *evaluator
	spec *attrSpec
	elem int // which element of a list; -1: the attribute itself
	at   hcl.Range
}

// name is how messages name what is converted: the attribute, or an element of
// it.
func (c *conversion) name() string {
	if c.elem < 0 {
		return c.spec.name
	}
	return fmt.Sprintf("%s[%d]", c.spec.name, c.elem)
}

func (c *conversion) wrong(what string, v cty.Value) bool {
	c.e.add(diag.New("wrong-type", c.at, c.name(), what, typeName(v)))
	return false
}

// word is text where no unit or form is asked for: a number or a bool needs only
// to be written as one, which is easily overlooked, since a template that holds
// nothing else gives the number itself.
func (c *conversion) word(what string, v cty.Value) (string, bool) {
	if t := v.Type(); t == cty.Number || t == cty.Bool {
		d := diag.New("wrong-type", c.at, c.name(), what, typeName(v))
		c.e.add(diag.WithHint(d, "Write it in quotes; tostring(…) makes a text of what an expression gives."))
		return "", false
	}
	return c.text(what, v)
}

// text is a string as it was written. A number or a bool is not silently made
// one: in NATS "1" and 1 are different words.
func (c *conversion) text(what string, v cty.Value) (string, bool) {
	if v.Type() != cty.String {
		return "", c.wrong(what, v)
	}
	s := v.AsString()
	if len(s) < shortestSecret {
		return s, true
	}
	if secret := secretIn([]byte(s)); secret != "" {
		// The sources were searched, but a text may be put together.
		c.e.add(diag.New("secret-in-source", c.at, secret))
		return "", false
	}
	return s, true
}

func (c *conversion) number(what string, v cty.Value) (int64, bool) {
	if v.Type() != cty.Number {
		return 0, c.wrong(what, v)
	}
	f := v.AsBigFloat()
	if i, acc := f.Int64(); acc == 0 && f.IsInt() {
		return i, true
	}
	if f.IsInt() {
		limit := largest
		if f.Sign() < 0 {
			limit = fmt.Sprintf("at least %d", math.MinInt64)
		}
		c.e.add(diag.New("bad-value", c.at, c.name(), limit, f.Text('f', 0)))
		return 0, false
	}
	c.e.add(diag.New("bad-value", c.at, c.name(), "a whole number", f.Text('g', 12)))
	return 0, false
}

// entries are those of a map whose values can all be of a type; whole and each
// are what the map and its values must be, in a user's words.
func (c *conversion) entries(whole, each string, v cty.Value, of cty.Type) (map[string]cty.Value, bool) {
	if m, ok := stringMap(v, of); ok {
		return m, true
	}
	if !v.Type().IsMapType() && !v.Type().IsObjectType() {
		return nil, c.wrong(whole, v)
	}
	for it := v.ElementIterator(); it.Next(); {
		if k, x := it.Element(); !x.IsNull() {
			if _, err := convert.Convert(x, of); err != nil {
				c.e.add(diag.New("wrong-type", c.at, fmt.Sprintf("%s[%q]", c.name(), k.AsString()), each, typeName(x)))
			}
		}
	}
	return nil, false
}

// stringMap are a map's values as those of a type; false where one cannot be.
func stringMap(v cty.Value, of cty.Type) (map[string]cty.Value, bool) {
	if !v.Type().IsMapType() && !v.Type().IsObjectType() {
		return nil, false
	}
	out := map[string]cty.Value{}
	for it := v.ElementIterator(); it.Next(); {
		k, x := it.Element()
		if x.IsNull() {
			continue // not set
		}
		x, err := convert.Convert(x, of)
		if err != nil {
			return nil, false
		}
		out[k.AsString()] = x
	}
	return out, true
}
