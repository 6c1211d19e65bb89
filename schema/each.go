package schema

import (
	"cmp"
	"reflect"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// element is one element of a for_each: its instance's each.
type element struct {
	key   string
	id    cty.Value // key, as each.key
	value cty.Value
}

// eachType is what each is in a context: where an element stands, of which an
// object is only made when somebody asks for all of it.
var eachType = cty.Capsule("each", reflect.TypeFor[*element]())

// context gives a block inside a family its each.
func (el *element) context(outer *hcl.EvalContext) *hcl.EvalContext { return eachContext(outer, &el) }

// eachContext is a context whose each is what stands in el when it is asked for.
func eachContext(outer *hcl.EvalContext, el **element) *hcl.EvalContext {
	ctx := outer.NewChild()
	ctx.Variables = map[string]cty.Value{"each": cty.CapsuleVal(eachType, el)}
	return ctx
}

// eachStep walks on from the each of a context, which is the first name of t.
func eachStep(ctx *hcl.EvalContext, t hcl.Traversal) (cty.Value, hcl.Traversal) {
	el := *ctx.Variables["each"].EncapsulatedValue().(**element)
	switch name, _ := nameAt(t, 1); name {
	case "key":
		return el.id, t[2:]
	case "value":
		return el.value, t[2:]
	}
	return eachValue(ctx.Parent(), el), t[1:]
}

// eachValue is each as a value; each.parent is the one around it, if there is
// one.
func eachValue(outer *hcl.EvalContext, el *element) cty.Value {
	each := map[string]cty.Value{"key": el.id, "value": el.value}
	for c := outer; c != nil; c = c.Parent() {
		v, ok := c.Variables["each"]
		if !ok {
			continue
		}
		if v.Type() == eachType {
			v = eachValue(c.Parent(), *v.EncapsulatedValue().(**element))
		}
		each["parent"] = v
		break
	}
	return cty.ObjectVal(each)
}

// elements works a block's for_each out: a map, an object, a set of strings or a
// family, in the order of its keys. One that is absent or null is not set: the
// block is single. Those of a local value are kept with it.
func (e *evaluator) elements(n *block, ctx *hcl.EvalContext) (elems []element, single, ok bool) {
	if n.forEach == nil {
		return nil, true, true
	}
	l := localOf(n.forEach.expr, ctx)
	if l != nil && l.elements != nil {
		return l.elements, false, true
	}
	elems, single, ok = e.newElements(n.forEach.expr, ctx, n.forEach.site.Value)
	if l != nil && ok && !single && !e.isBranch {
		l.elements = elems
	}
	return elems, single, ok
}

// localOf is the local value that an expression names, if that is all it does.
func localOf(x hcl.Expression, ctx *hcl.EvalContext) *lazy {
	name, ok := x.(*nameExpr)
	if s := scopeOf(ctx); ok && s != nil && ctx == s.ctx && len(name.Traversal) == 2 && name.Traversal.RootName() == "local" {
		step, _ := nameAt(name.Traversal, 1)
		return s.locals[step]
	}
	return nil
}

func (e *evaluator) newElements(x hcl.Expression, ctx *hcl.EvalContext, at hcl.Range) (elems []element, single, ok bool) {
	e.touched = false
	v, diags := e.value(x, ctx)
	if diags.HasErrors() || !v.IsKnown() || v.Type().IsSetType() && !v.IsWhollyKnown() {
		return nil, false, false // a diagnostic said why
	}
	refuse := func(why, hint string) ([]element, bool, bool) {
		d := diag.New("bad-for-each", at, why)
		if hint != "" {
			d = diag.WithHint(d, "%s", hint)
		}
		e.add(d)
		return nil, false, false
	}
	switch t := v.Type(); {
	case e.touched:
		return refuse("for_each is made from a sensitive value", "Its keys are names, which messages and files show.")
	case v.IsNull():
		return nil, true, true
	case t == refType:
		return refuse("for_each is one "+string(v.EncapsulatedValue().(*Head).Kind)+", not a family", "Only a block with a for_each is a family.")
	case t.IsListType() || t.IsTupleType():
		return refuse("for_each cannot be a list: its instances would have no lasting names", "Use toset(…) of a list of strings, or a map.")
	case t.IsSetType():
		if t.ElementType() != cty.String && v.LengthInt() > 0 {
			return refuse("for_each over a set needs a set of strings", "Use a map for other values.")
		}
	case !t.IsMapType() && !t.IsObjectType():
		return refuse("for_each must be a map, an object, a set of strings or a family, not "+typeName(v), "")
	}
	out := make([]element, 0, v.LengthInt())
	set := v.Type().IsSetType()
	for it := v.ElementIterator(); it.Next(); {
		k, val := it.Element()
		if set {
			k = val
		}
		if !k.IsKnown() {
			return nil, false, false
		}
		if k.IsNull() {
			return refuse("for_each has a null in its set", "")
		}
		out = append(out, element{k.AsString(), k, val})
	}
	slices.SortFunc(out, func(a, b element) int { return cmp.Compare(a.key, b.key) })
	return out, false, true
}
