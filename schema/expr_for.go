package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// keyedExpr makes an object of a collection's elements, each by a name in it:
// { for t in local.rows : t.name => t }. HCL's own node does so when anything is
// unusual about it; it makes a context for each element.
type keyedExpr struct {
	*hclsyntax.ForExpr
	key, value hcl.Traversal // from an element
}

// keyed is what stands in the place of a for expression.
func keyed(e *hclsyntax.ForExpr) hclsyntax.Expression {
	key, ok := fromElement(e, e.KeyExpr)
	value, also := fromElement(e, e.ValExpr)
	if !ok || !also || e.CondExpr != nil || e.Group {
		return e
	}
	return &keyedExpr{e, key, value}
}

// fromElement are the steps from an element to what an expression names; false
// where it is anything else.
func fromElement(e *hclsyntax.ForExpr, x hclsyntax.Expression) (hcl.Traversal, bool) {
	name, ok := x.(*nameExpr)
	if !ok || name.Traversal.RootName() != e.ValVar {
		return nil, false
	}
	return name.Traversal[1:], true
}

func (e *keyedExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	from, diags := e.CollExpr.Value(ctx)
	if at := scopeOf(ctx); at != nil && len(diags) == 0 {
		if v, ok := e.object(at, from); ok {
			return v, nil
		}
	}
	given := *e.ForExpr
	given.CollExpr = &workedOut{e.CollExpr, from, diags}
	return given.Value(ctx)
}

// object is the value, where all keys are texts that differ.
func (e *keyedExpr) object(at *scope, from cty.Value) (cty.Value, bool) {
	if from.IsMarked() || !from.IsKnown() || from.IsNull() || !from.CanIterateElements() {
		return cty.NilVal, false
	}
	n := from.LengthInt()
	out := make(map[string]cty.Value, n)
	for it := from.ElementIterator(); it.Next(); {
		at.eval.goOn()
		_, x := it.Element()
		key, diags := at.walk(x, e.key)
		v, more := at.walk(x, e.value)
		if len(diags) > 0 || len(more) > 0 || key.IsMarked() || key.Type() != cty.String || !key.IsKnown() || key.IsNull() {
			return cty.NilVal, false
		}
		out[key.AsString()] = v
	}
	return cty.ObjectVal(out), len(out) == n
}
