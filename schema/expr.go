package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// rewrite puts our nodes in the place of HCL's wherever a name, an attribute
// or an index is looked up, so that references resolve in the topology rather
// than in a tree of values. It changes e and returns what stands in its place.
func rewrite(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *hclsyntax.ScopeTraversalExpr:
		return &nameExpr{e}
	case *hclsyntax.RelativeTraversalExpr:
		e.Source = rewrite(e.Source)
		return &stepsExpr{e}
	case *hclsyntax.IndexExpr:
		e.Collection, e.Key = rewrite(e.Collection), rewrite(e.Key)
		return &indexExpr{e}
	case *hclsyntax.ParenthesesExpr:
		e.Expression = rewrite(e.Expression)
	case *hclsyntax.TemplateExpr:
		rewriteAll(e.Parts)
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = rewrite(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		e.Tuple = rewrite(e.Tuple)
	case *hclsyntax.FunctionCallExpr:
		rewriteAll(e.Args)
	case *hclsyntax.ConditionalExpr:
		e.Condition, e.TrueResult, e.FalseResult = rewrite(e.Condition), rewrite(e.TrueResult), rewrite(e.FalseResult)
	case *hclsyntax.BinaryOpExpr:
		e.LHS, e.RHS = rewrite(e.LHS), rewrite(e.RHS)
	case *hclsyntax.UnaryOpExpr:
		e.Val = rewrite(e.Val)
	case *hclsyntax.TupleConsExpr:
		rewriteAll(e.Exprs)
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			e.Items[i].KeyExpr, e.Items[i].ValueExpr = rewrite(e.Items[i].KeyExpr), rewrite(e.Items[i].ValueExpr)
		}
	case *hclsyntax.ObjectConsKeyExpr:
		if e.ForceNonLiteral || hcl.ExprAsKeyword(e.Wrapped) == "" {
			e.Wrapped = rewrite(e.Wrapped)
		}
	case *hclsyntax.ForExpr:
		e.CollExpr, e.ValExpr = rewrite(e.CollExpr), rewrite(e.ValExpr)
		if e.KeyExpr != nil {
			e.KeyExpr = rewrite(e.KeyExpr)
		}
		if e.CondExpr != nil {
			e.CondExpr = rewrite(e.CondExpr)
		}
	case *hclsyntax.SplatExpr:
		e.Source, e.Each = rewrite(e.Source), rewrite(e.Each)
	}
	return e
}

func rewriteAll(list []hclsyntax.Expression) {
	for i, e := range list {
		list[i] = rewrite(e)
	}
}

// nameExpr looks a name up and walks on from it: account.A.stream.S, var.n,
// each.key, or the variable of a for expression around it.
type nameExpr struct{ *hclsyntax.ScopeTraversalExpr }

func (e *nameExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	at := scopeOf(ctx)
	v, rest, diags := at.root(ctx, e.Traversal)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return at.walk(v, rest, e.Traversal[:len(e.Traversal)-len(rest)])
}

// stepsExpr walks on from what an expression gives: account.t[each.key].name.
type stepsExpr struct {
	*hclsyntax.RelativeTraversalExpr
}

func (e *stepsExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Source.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	out, more := scopeOf(ctx).walk(v, e.Traversal, nil)
	return out, append(diags, more...)
}

// indexExpr indexes with a key that is worked out: account.t[each.key].
type indexExpr struct{ *hclsyntax.IndexExpr }

func (e *indexExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Collection.Value(ctx)
	key, more := e.Key.Value(ctx)
	if diags = append(diags, more...); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if !v.IsKnown() || !key.IsKnown() {
		return cty.DynamicVal, diags
	}
	out, more := scopeOf(ctx).step(v, hcl.TraverseIndex{Key: key, SrcRange: e.BracketRange}, nil)
	return out, append(diags, more...)
}
