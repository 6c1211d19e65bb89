package schema

import (
	"reflect"
	"strconv"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"jsc/schema/diag"
)

// pending is an instance whose attributes are still to be worked out.
type pending struct {
	block *block
	head  *Head
	ctx   *hcl.EvalContext
	// In a branch:
	each     *element // of the family's instance that it stands in
	template *template
}

// into is the struct.
func (p pending) into() reflect.Value { return reflect.ValueOf(p.head.self).Elem() }

// early are the kinds whose instances must be known before any crossing is.
var early = map[string]bool{
	"operator": true, "account": true, "user": true, "stream": true, "consumer": true, "key_value": true, "object_store": true,
	"mapping": true, "signing_key": true, "tier": true, "revoke": true, "accept": true,
}

// unnamed are the blocks of the language itself: no entities.
var unnamed = map[string]bool{"variable": true, "output": true, "module": true, "locals": true}

// declare makes the instances of the entity blocks of a body, and of what
// stands in them, as far as this stratum knows them. Owner is nil at the top;
// into is the struct whose fields they go to, and t its template, if there is
// one.
func (e *evaluator) declare(s *scope, b *body, sp *spec, owner *Head, into reflect.Value, ctx *hcl.EvalContext, in *names, t *template) {
	for i, n := range b.blocks {
		bs := sp.blocks[n.kind]
		if bs == nil || !n.spec.entity || unnamed[n.kind] || early[n.kind] != (e.now == families) {
			continue
		}
		e.declareBlock(s, n, bs, owner, into, ctx, in, t.of(i))
	}
}

// declareIn makes the crossings that stand in an instance.
func (e *evaluator) declareIn(p pending) {
	if !p.block.body.crosses {
		return
	}
	e.declare(scopeOf(p.ctx), p.block.body, p.block.spec, p.head, p.into(), p.ctx, &p.head.names, p.template)
}

func (e *evaluator) declareBlock(s *scope, n *block, bs *blockSpec, owner *Head, into reflect.Value, ctx *hcl.EvalContext, in *names, t *template) {
	kind := Kind(n.kind)
	if n.refused {
		f := in.find(kind, n.labels[0])
		if f == nil {
			f = in.add(n, n.labels[0])
		}
		if f.block == n {
			f.many = &instances{failed: true}
		}
		return
	}
	each := []*hcl.EvalContext{ctx}
	if n.dynamic != nil {
		var known bool
		if each, known = e.dynamicContexts(n, ctx); !known && owner != nil {
			owner.unmade = append(owner.unmade, n.kind)
		}
	}
	for _, c := range each {
		label := ""
		if n.dynamic != nil {
			if label = e.dynamicLabel(n, c); label == "" {
				if owner != nil {
					owner.unmade = append(owner.unmade, n.kind)
				}
				continue
			}
		} else {
			label = n.labels[0]
		}
		f := in.find(kind, label)
		if f == nil {
			f = in.add(n, label)
		}
		if f.block != n || f.made() {
			d := diag.New("duplicate-name", n.site.Label, kind, label)
			e.add(diag.WithNote(d, f.block.site.Def, "it is already declared here"))
			continue
		}
		elems, single, ok := e.elements(n, c)
		if single {
			f.single = e.instance(n, label, owner, slot(into, bs), c, nil, t)
			continue
		}
		f.many = &instances{elems: elems, made: make([]Entity, len(elems)), failed: !ok}
		if !ok && owner != nil {
			owner.unmade = append(owner.unmade, n.kind)
		}
		if len(elems) >= manyInstances && c == s.ctx && e.mayBranch {
			e.declareMany(s, n, bs, label, into, f.many)
			continue
		}
		for i := range elems {
			el := &elems[i]
			f.many.made[i] = e.instance(n, label, owner, slot(into, bs), el.context(c), el, t)
		}
	}
}

// labelStep is a label as a step of a reference: .ACCTA or ["odd name"].
func labelStep(label string) string {
	if validIdentifier(label) {
		return "." + label
	}
	return indexStep(label)
}

// indexStep is a key as a step of a reference.
func indexStep(key string) string { return "[" + strconv.Quote(key) + "]" }

// slot is a new place in the list that a block's entities go to.
func slot(into reflect.Value, bs *blockSpec) reflect.Value {
	list := grown(into.FieldByIndex(bs.index), 1)
	return list.Index(list.Len() - 1)
}

// grown is list, which it makes longer by n.
func grown(list reflect.Value, n int) reflect.Value {
	list.Grow(n)
	list.SetLen(list.Len() + n)
	return list
}

// instance makes one entity, puts it into its place in its owner's list and
// declares what stands in it. Under for_each, el is its element of that.
func (e *evaluator) instance(n *block, label string, owner *Head, place reflect.Value, ctx *hcl.EvalContext, el *element, t *template) Entity {
	v := n.spec.make(n.body, t)
	ent := v.Interface().(Entity)
	h := ent.Header()
	s := scopeOf(ctx)
	h.self, h.site, h.Kind, h.Label = ent, &n.site, Kind(n.kind), label
	if el != nil {
		h.Key, h.HasKey = el.key, true
	}
	if owner != nil {
		h.Parent = owner.self
	} else {
		h.module = s.address
	}
	if n.nameAttr != nil {
		e.name = Attr[string]{}
		e.attribute(nameSpec, n.nameAttr, reflect.ValueOf(&e.name), ctx)
		if e.sensitiveName(n.nameAttr.site.Value) {
			e.name.fail(&n.nameAttr.site)
		}
		h.Name, h.nameAt = e.name.Value, e.name.at
	}
	switch {
	case h.nameAt != nil && !h.nameAt.invalid:
	case el != nil:
		h.Name = label + "-" + el.key
	default:
		h.Name = label
	}
	place.Set(v)
	e.count(n.site.Def)
	e.work = append(e.work, pending{block: n, head: h, ctx: ctx, each: e.each, template: t})
	h.names = n.body.announced()
	e.declare(s, n.body, n.spec, h, v.Elem(), ctx, &h.names, t)
	return ent
}

// sensitiveName refuses a name that what was evaluated last made from a
// sensitive value.
func (e *evaluator) sensitiveName(at hcl.Range) bool {
	if e.touched {
		d := diag.New("bad-name", at, hiddenText, "it is made from a sensitive value")
		e.add(diag.WithHint(d, "Make it of what may be seen: files, tokens, graphs and messages show names."))
	}
	return e.touched
}

var nameSpec = &attrSpec{name: "name", typ: reflect.TypeFor[string]()}

// dynamicContexts are the contexts of a dynamic block's contents; false when
// they cannot be worked out.
func (e *evaluator) dynamicContexts(n *block, ctx *hcl.EvalContext) ([]*hcl.EvalContext, bool) {
	d := n.dynamic
	e.touched = false
	v, diags := e.value(d.forEach.expr, ctx)
	sensitive := e.touched
	if sensitive {
		e.keepSecret(v)
	}
	if diags.HasErrors() || !v.IsKnown() {
		return nil, false
	}
	if v.IsNull() {
		e.add(diag.New("missing-attribute", d.forEach.site.Value, "dynamic", "for_each"))
		return nil, false
	}
	if !v.CanIterateElements() {
		wrong := diag.New("bad-for-each", d.forEach.site.Value, "for_each of a dynamic block must be a list, a set or a map, not "+typeName(v))
		e.add(diag.WithHint(wrong, "An empty list makes none."))
		return nil, false
	}
	var out []*hcl.EvalContext
	for it := v.ElementIterator(); it.Next(); {
		k, val := it.Element()
		if v.Type().IsSetType() {
			k = val
		}
		c := ctx.NewChild()
		c.Variables = map[string]cty.Value{d.iterator: cty.ObjectVal(map[string]cty.Value{"key": k, "value": val})}
		if sensitive {
			c.Variables[sensitiveVar] = cty.True
		}
		out = append(out, c)
	}
	return out, true
}

func (e *evaluator) dynamicLabel(n *block, ctx *hcl.EvalContext) string {
	x := n.dynamic.labels[0]
	e.touched = false
	v, diags := e.value(x, ctx)
	if diags.HasErrors() || !v.IsKnown() || e.sensitiveName(x.Range()) {
		return ""
	}
	s, err := convert.Convert(v, cty.String)
	if err != nil || s.IsNull() || s.AsString() == "" {
		e.add(diag.New("wrong-type", x.Range(), "a label", "a string", typeName(v)))
		return ""
	}
	return s.AsString()
}

// typeName is a value's type in a user's words.
func typeName(v cty.Value) string {
	t := v.Type()
	switch {
	case v.IsNull():
		return "null"
	case t == refType:
		h := v.EncapsulatedValue().(*Head)
		return "a reference to " + diag.Article(string(h.Kind))
	case t == namespaceType:
		n := v.EncapsulatedValue().(*namespace)
		return "all of " + string(n.kind)
	case t == moduleType, t == familyModType:
		return "a module"
	case t == cty.String:
		return "a string"
	case t == cty.Number:
		return "a number"
	case t == cty.Bool:
		return "a bool"
	case t.IsListType(), t.IsTupleType():
		return "a list"
	case t.IsSetType():
		return "a set"
	case isFamilyType(t):
		return "a family"
	case t.IsMapType(), t.IsObjectType():
		return "a map"
	}
	return t.FriendlyName()
}
