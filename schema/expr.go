package schema

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"

	"jsc/schema/diag"
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
	case *hclsyntax.LiteralValueExpr:
		if tooMuch(e.Val) != "" {
			return &checkedExpr{e}
		}
	case *hclsyntax.TemplateExpr:
		rewriteAll(e.Parts)
		if len(e.Parts) > 1 {
			return &templateExpr{e}
		}
	case *hclsyntax.TemplateWrapExpr:
		e.Wrapped = rewrite(e.Wrapped)
	case *hclsyntax.TemplateJoinExpr:
		e.Tuple = rewrite(e.Tuple)
	case *hclsyntax.FunctionCallExpr:
		rewriteAll(e.Args)
		return &callExpr{e}
	case *hclsyntax.ConditionalExpr:
		e.Condition, e.TrueResult, e.FalseResult = rewrite(e.Condition), rewrite(e.TrueResult), rewrite(e.FalseResult)
	case *hclsyntax.BinaryOpExpr:
		e.LHS, e.RHS = rewrite(e.LHS), rewrite(e.RHS)
		return &checkedExpr{e}
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
		return keyed(e)
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
	if at == nil {
		return e.ScopeTraversalExpr.Value(ctx)
	}
	at.eval.goOn()
	v, rest, diags := at.root(ctx, e.Traversal)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	return at.walk(v, rest)
}

// stepsExpr walks on from what an expression gives: account.t[each.key].name.
type stepsExpr struct {
	*hclsyntax.RelativeTraversalExpr
}

func (e *stepsExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	at := scopeOf(ctx)
	if at == nil {
		return e.RelativeTraversalExpr.Value(ctx)
	}
	v, diags := e.Source.Value(ctx)
	if diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	out, more := at.walk(v, e.Traversal)
	return out, append(diags, more...)
}

// indexExpr indexes with a key that is worked out: account.t[each.key].
type indexExpr struct{ *hclsyntax.IndexExpr }

func (e *indexExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	at := scopeOf(ctx)
	if at == nil {
		return e.IndexExpr.Value(ctx)
	}
	v, diags := e.Collection.Value(ctx)
	key, more := e.Key.Value(ctx)
	if diags = append(diags, more...); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	if !v.IsKnown() || !key.IsKnown() {
		return cty.DynamicVal, diags
	}
	if !key.IsNull() && key.Type() == cty.String {
		if out, ok := inside(v, key.AsString()); ok {
			return out, diags
		}
	}
	out, more := at.step(v, hcl.TraverseIndex{Key: key, SrcRange: e.BracketRange})
	return out, append(diags, more...)
}

// checkedExpr makes a new value of other ones, which may be too much.
type checkedExpr struct{ hclsyntax.Expression }

func (e *checkedExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	return checked(e.Expression, ctx)
}

// templateExpr joins texts. HCL's own node does so for whatever is not just a
// short text.
type templateExpr struct{ *hclsyntax.TemplateExpr }

// shortTemplate is up to how many bytes of text a template joins by itself, well
// below what is too much.
const shortTemplate = 256

func (e *templateExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	var text [shortTemplate]byte
	joined := text[:0]
	for i, part := range e.Parts {
		v, diags := part.Value(ctx)
		if len(diags) > 0 || v.IsMarked() || v.Type() != cty.String || !v.IsKnown() || v.IsNull() || len(joined)+len(v.AsString()) > shortTemplate {
			rest := slices.Clone(e.Parts[i:])
			rest[0] = &workedOut{rest[0], v, diags}
			return checked(e.with(string(joined), rest), ctx)
		}
		joined = append(joined, v.AsString()...)
	}
	return cty.StringVal(string(joined)), nil
}

// with is the template with a text for its first parts.
func (e *templateExpr) with(text string, rest []hclsyntax.Expression) hclsyntax.Expression {
	t := *e.TemplateExpr
	t.Parts = append([]hclsyntax.Expression{&workedOut{e.Parts[0], cty.StringVal(text), nil}}, rest...)
	return &t
}

// workedOut is an expression whose value is known. Without it, templates in
// templates would be worked out twice at each level.
type workedOut struct {
	hclsyntax.Expression
	value cty.Value
	diags hcl.Diagnostics
}

func (e *workedOut) Value(*hcl.EvalContext) (cty.Value, hcl.Diagnostics) { return e.value, e.diags }

// checked evaluates an expression and refuses a text or a number that is too
// large to be worked with any further. Collections are measured where an
// expression ends, since every step of it would walk over them again.
func checked(e hclsyntax.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Value(ctx)
	if t := v.Type(); t == cty.String || t == cty.Number {
		if why := tooMuch(v); why != "" {
			d := overSize(e.Range(), why)
			if how := infinite(e); how != "" && t == cty.Number && v.AsBigFloat().IsInf() {
				d = diag.WithHint(diag.New("bad-expression", e.Range(), how), "Write one that gives a finite number, as in n == 0 ? 0 : 1 / n.")
			}
			return cty.DynamicVal, append(diags, d)
		}
	}
	return v, diags
}

// infinite says how what e gives came to be infinite; "" where it is only too
// large. No operand is infinite: that was refused before.
func infinite(e hclsyntax.Expression) string {
	switch e := e.(type) {
	case *hclsyntax.BinaryOpExpr:
		if e.Op == hclsyntax.OpDivide {
			return "division by zero"
		}
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "log" || e.Name == "pow" {
			return e.Name + ": the result is infinite, or a number that is too large"
		}
	}
	return ""
}

// callExpr calls a function.
type callExpr struct{ *hclsyntax.FunctionCallExpr }

func (e *callExpr) Value(ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	at := scopeOf(ctx)
	if at == nil {
		return e.FunctionCallExpr.Value(ctx)
	}
	at.eval.goOn()
	if _, known := at.ctx.Functions[e.Name]; !known {
		return cty.DynamicVal, hcl.Diagnostics{unknown(e.NameRange, fmt.Sprintf("function %q", e.Name), e.Name, keysOf(at.ctx.Functions))}
	}
	v, diags := checked(e.FunctionCallExpr, ctx)
	for i, d := range diags {
		if extra, ok := hcl.DiagnosticExtra[hclsyntax.FunctionCallDiagExtra](d); ok && extra.FunctionCallError() != nil {
			diags[i] = e.failure(d, extra.FunctionCallError())
		}
	}
	return v, diags
}

// failure says what a function said of its arguments.
func (e *callExpr) failure(d *hcl.Diagnostic, err error) *hcl.Diagnostic {
	at := e.NameRange
	if d.Subject != nil {
		at = *d.Subject
	}
	var f *fileError
	var inner hcl.Diagnostics
	var p function.PanicError
	var cost *costError
	var ref *referenceError
	var stays *lastingError
	switch {
	case errors.As(err, &stays):
		return stays.said
	case errors.As(err, &ref):
		at = e.Args[min(ref.arg, len(e.Args)-1)].Range()
		return diag.WithHint(diag.New("bad-expression", at, e.Name+": "+ref.Error()), "%s", ref.hint())
	case errors.As(err, &cost):
		return overSize(at, e.Name+": "+cost.why)
	case errors.As(err, &p):
		// The library turns panics into errors, those that end an evaluation too.
		if over, ok := p.Value.(overLimit); ok {
			panic(over)
		}
		return diag.New("bad-expression", at, e.Name+": it cannot work with these arguments")
	case errors.As(err, &f):
		return fileDiagnostic(at, f.said, f.err)
	case errors.As(err, &inner) && len(inner) > 0:
		return e.within(at, inner)
	}
	return diag.New("bad-expression", at, e.Name+": "+strings.TrimSuffix(err.Error(), "."))
}

// within says at the call what is wrong in the text that it works with.
func (e *callExpr) within(at hcl.Range, inner hcl.Diagnostics) *hcl.Diagnostic {
	stays := lasts(inner)
	said := cmp.Or(stays, inner[0])
	why := e.Name + ": " + sentence(said.Summary)
	if in := said.Subject; in != nil {
		why = fmt.Sprintf("%s: %s:%d: %s", e.Name, in.Filename, in.Start.Line, sentence(said.Summary))
	}
	if stays != nil {
		moved := *stays
		moved.Subject, moved.Summary = &at, why
		return &moved
	}
	hint := said.Detail
	if x := diag.Of(said); x != nil {
		hint = x.Hint
	}
	return diag.WithHint(diag.New("bad-expression", at, why), "%s", hint)
}
