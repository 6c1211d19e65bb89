package schema

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/typeexpr"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"jsc/schema/diag"
)

// Values are variables' values from one source.
type Values struct {
	// From says where they come from, as messages name it: "--var n=v".
	From string
	// Text holds values as typed: as they are for strings, else an HCL literal.
	Text map[string]string
	// File is the content of a var file (.hclvars) named From; nil when Text
	// is used.
	File []byte
}

// declaration is what a variable block says.
type declaration struct {
	name      string
	at        hcl.Range
	typ       cty.Type
	defaults  *typeexpr.Defaults
	fallback  *attr
	checks    []*block
	scope     *scope
	sensitive bool
}

// declaration reads a variable block.
func (l *loader) declaration(s *scope, n *block) *declaration {
	v := &declaration{name: n.labels[0], at: n.site.Def, typ: cty.DynamicPseudoType, scope: s, fallback: n.body.attr("default")}
	if a := n.body.attr("type"); a != nil && !unreadable(a.expr) {
		typ, defaults, diags := typeexpr.TypeConstraintWithDefaults(plain(a.expr))
		for _, d := range syntaxErrors(diags) {
			l.add(d)
		}
		if !diags.HasErrors() {
			v.typ, v.defaults = typ, defaults
		}
	}
	if a := n.body.attr("sensitive"); a != nil {
		v.sensitive = l.eval.yes(a, s.ctx)
	}
	v.checks = append(v.checks, n.body.blocks...)
	return v
}

// unreadable reports that an expression could not be parsed; that was said.
func unreadable(e hclsyntax.Expression) bool {
	l, ok := e.(*hclsyntax.LiteralValueExpr)
	return ok && !l.Val.IsKnown()
}

// yes is an attribute that is true or false. What is neither is an error, and
// taken for true, which in what it is asked for is the safe side.
func (e *evaluator) yes(a *attr, ctx *hcl.EvalContext) bool {
	x, diags := e.value(a.expr, ctx)
	switch {
	case diags.HasErrors() || !x.IsKnown():
		return true
	case x.IsNull():
		return false
	case x.Type() != cty.Bool:
		e.add(diag.New("wrong-type", a.site.Value, a.name, "true or false", typeName(x)))
		return true
	}
	return x.True()
}

// plain undoes rewrite at the top, where HCL's static analysis looks.
func plain(e hclsyntax.Expression) hclsyntax.Expression {
	switch e := e.(type) {
	case *nameExpr:
		return e.ScopeTraversalExpr
	case *callExpr:
		for i := range e.Args {
			e.Args[i] = plain(e.Args[i])
		}
		return e.FunctionCallExpr
	case *hclsyntax.ObjectConsExpr:
		for i := range e.Items {
			e.Items[i].ValueExpr = plain(e.Items[i].ValueExpr)
		}
	case *hclsyntax.TupleConsExpr:
		for i := range e.Exprs {
			e.Exprs[i] = plain(e.Exprs[i])
		}
	}
	return e
}

// lazy is the variable's value, once value has been asked for it. Null is no
// value: what the variable has without one stands in its place.
func (v *declaration) lazy(what string, at, valueAt hcl.Range, value func() (cty.Value, hcl.Diagnostics)) *lazy {
	return &lazy{what: what, at: at, sensitive: v.sensitive, eval: func() (cty.Value, hcl.Diagnostics) {
		x, diags := value()
		if !diags.HasErrors() && x.IsNull() && valueAt != v.fallbackAt() {
			if v.fallback == nil {
				return cty.DynamicVal, hcl.Diagnostics{v.unset(valueAt)}
			}
			valueAt = v.fallbackAt()
			x, diags = expression(v.fallback.expr, v.scope.ctx)
		}
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
		x, more := v.fit(x, v.shown(valueAt))
		return x, append(diags, more...)
	}}
}

// byDefault is the variable's value when nobody sets it.
func (v *declaration) byDefault(what string) *lazy {
	return v.lazy(what, v.at, v.fallbackAt(), func() (cty.Value, hcl.Diagnostics) {
		return expression(v.fallback.expr, v.scope.ctx)
	})
}

func (v *declaration) fallbackAt() hcl.Range {
	if v.fallback == nil {
		return hcl.Range{}
	}
	return v.fallback.site.Value
}

// shown is where a message about a value points: never at the line of a
// sensitive one, since messages show lines.
func (v *declaration) shown(at hcl.Range) hcl.Range {
	switch {
	case !v.sensitive:
		return at
	case at == v.fallbackAt():
		return v.at
	}
	return hcl.Range{Filename: at.Filename}
}

// hidden are diagnostics about an expression for the variable's value, of which
// they show no line when it is sensitive.
func (v *declaration) hidden(diags hcl.Diagnostics) hcl.Diagnostics {
	if v.sensitive && diags.HasErrors() {
		withhold(diags)
		for _, d := range diags {
			at := v.shown(*d.Subject)
			d.Subject = &at
		}
	}
	return diags
}

func (v *declaration) unset(at hcl.Range) *hcl.Diagnostic {
	d := diag.New("unset-variable", at, v.name)
	return diag.WithHint(d, "Set it with --var %s, in a --var-file, as %s in the environment, or give it a default.",
		diag.ShellWord(v.name+"=VALUE"), diag.ShellWord("JSC_VAR_"+v.name))
}

func unknownValue(what string, at hcl.Range) *lazy {
	return &lazy{what: what, at: at, state: done, value: cty.DynamicVal}
}

// fit converts a value to the variable's type and holds it against the
// variable's validations.
func (v *declaration) fit(x cty.Value, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	if v.defaults != nil && !x.IsNull() && x.IsKnown() {
		x = v.defaults.Apply(x)
	}
	out, err := convert.Convert(x, v.typ)
	if err != nil {
		d := diag.New("wrong-type", at, "the variable "+v.name, typeString(v.typ), typeName(x))
		if !v.sensitive {
			d = diag.WithHint(d, "Write a value of that type: %s.", err)
		}
		return cty.DynamicVal, hcl.Diagnostics{diag.WithNote(d, v.at, "it is declared here")}
	}
	if v.sensitive {
		v.scope.eval.keepSecret(out) // before a validation says something about it
	}
	var diags hcl.Diagnostics
	for _, check := range v.checks {
		diags = append(diags, v.check(check, out, at)...)
	}
	return out, diags
}

// check evaluates one validation with the value in var.
func (v *declaration) check(n *block, x cty.Value, at hcl.Range) hcl.Diagnostics {
	cond, msg := n.body.attr("condition"), n.body.attr("error_message")
	if cond == nil || msg == nil {
		return nil
	}
	ctx := v.scope.ctx.NewChild()
	ctx.Variables = map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{v.name: x})}
	if v.sensitive {
		ctx.Variables[sensitiveVar] = cty.True
	}
	ok, diags := expression(cond.expr, ctx)
	if diags.HasErrors() || !ok.IsKnown() {
		return diags
	}
	if ok.IsNull() {
		return hcl.Diagnostics{diag.New("missing-attribute", cond.site.Value, "validation", "condition")}
	}
	if ok.Type() != cty.Bool {
		return hcl.Diagnostics{diag.New("wrong-type", cond.site.Value, "condition", "true or false", typeName(ok))}
	}
	if ok.True() {
		return nil
	}
	e := v.scope.eval
	outer := e.touched
	e.touched = false
	text, diags := expression(msg.expr, ctx)
	hidden := e.touched
	e.touched = outer || hidden
	if !diags.HasErrors() && text.IsNull() {
		return hcl.Diagnostics{diag.New("missing-attribute", msg.site.Value, "validation", "error_message")}
	}
	if diags.HasErrors() || !text.IsKnown() || text.Type() != cty.String {
		return append(diags, diag.New("wrong-type", msg.site.Value, "error_message", "a string", typeName(text)))
	}
	why := strings.TrimSuffix(text.AsString(), ".")
	if hidden {
		why = "the variable " + v.name + " is not valid; the error_message cannot be shown: a sensitive value is part of it"
	}
	d := diag.New("variable-validation", at, why)
	return hcl.Diagnostics{diag.WithNote(d, cond.site.Value, "the variable %s must hold to this", v.name)}
}

// firstVariables are a body's variables by name: the first of each.
func firstVariables(b *body) map[string]*block {
	out := map[string]*block{}
	for _, n := range b.blocks {
		if n.kind == "variable" && out[n.labels[0]] == nil {
			out[n.labels[0]] = n
		}
	}
	return out
}

// declaredVariables refuses a variable that is declared twice in a body.
func (l *loader) declaredVariables(b *body) {
	first := firstVariables(b)
	for _, n := range b.blocks {
		if n.kind != "variable" {
			continue
		}
		if prior := first[n.labels[0]]; prior != n {
			d := diag.New("duplicate-name", n.site.Label, "the variable", n.labels[0])
			l.add(diag.WithNote(d, prior.site.Def, "it is already declared here"))
		}
	}
}

// variables gives the topology's own variables their values.
func (l *loader) variables(s *scope, b *body) {
	l.declaredVariables(b)
	first := firstVariables(b)
	sources := l.varSources(keysOf(first))
	for _, name := range keysOf(first) {
		v := l.declaration(s, first[name])
		s.vars[name] = l.variable(v, sources)
	}
}

// varSource is one source with its values by name.
type varSource struct {
	from   string
	values map[string]func(v *declaration) (cty.Value, hcl.Range, hcl.Diagnostics)
}

// variable is the value from the most important source that has one.
func (l *loader) variable(v *declaration, sources []varSource) *lazy {
	for _, src := range sources {
		get := src.values[v.name]
		if get == nil {
			continue
		}
		x, at, diags := get(v)
		if diags.HasErrors() {
			l.diags = append(l.diags, diags...)
			return unknownValue("var."+v.name, v.at)
		}
		if x.IsNull() {
			continue
		}
		return v.lazy("var."+v.name, v.at, at, func() (cty.Value, hcl.Diagnostics) { return x, nil })
	}
	if v.fallback != nil {
		return v.byDefault("var." + v.name)
	}
	if !l.varsUnread {
		l.add(v.unset(v.at))
	}
	return unknownValue("var."+v.name, v.at)
}

// varSources reads --var, --var-file and the environment, and refuses what
// nobody declared.
func (l *loader) varSources(declared []string) []varSource {
	known := map[string]bool{}
	for _, n := range declared {
		known[n] = true
	}
	var out []varSource
	for _, given := range l.Vars {
		src := varSource{given.From, map[string]func(*declaration) (cty.Value, hcl.Range, hcl.Diagnostics){}}
		if given.File != nil {
			l.varFile(given, src, known, declared)
		}
		for _, name := range keysOf(given.Text) {
			if !known[name] {
				l.add(undeclared(hcl.Range{Filename: given.From}, name, declared))
				continue
			}
			text := given.Text[name]
			src.values[name] = func(v *declaration) (cty.Value, hcl.Range, hcl.Diagnostics) {
				x, diags := v.literal(text, given.From)
				return x, hcl.Range{Filename: given.From}, diags
			}
		}
		out = append(out, src)
	}
	env := varSource{"the environment", map[string]func(*declaration) (cty.Value, hcl.Range, hcl.Diagnostics){}}
	for _, name := range declared {
		if l.Env == nil {
			break
		}
		if text, ok := l.Env("JSC_VAR_" + name); ok {
			from := "JSC_VAR_" + name
			env.values[name] = func(v *declaration) (cty.Value, hcl.Range, hcl.Diagnostics) {
				x, diags := v.literal(text, from)
				return x, hcl.Range{Filename: from}, diags
			}
		}
	}
	return append(out, env)
}

func undeclared(at hcl.Range, name string, declared []string) *hcl.Diagnostic {
	d := unknown(at, fmt.Sprintf("variable %q", name), name, declared)
	if diag.Of(d).Hint == diag.Lookup("unknown-reference").Mend {
		d = diag.WithHint(d, `Declare it: variable "%s" {}.`, name)
	}
	return d
}

// varFile reads the attributes of a var file.
func (l *loader) varFile(given Values, src varSource, known map[string]bool, declared []string) {
	b, diags := parseFile(given.From, given.File, &spec{what: "a var file", open: true})
	l.sources[given.From] = withoutMark(given.File)
	l.diags = append(l.diags, diags...)
	if b == nil {
		l.varsUnread = true
		return
	}
	for _, n := range b.blocks {
		l.add(diag.WithHint(diag.New("unknown-block", n.site.Type, "a var file", n.kind), "A var file holds NAME = VALUE lines only."))
	}
	for _, a := range b.attrs {
		if !known[a.name] {
			l.add(undeclared(a.site.Name, a.name, declared))
			continue
		}
		src.values[a.name] = func(v *declaration) (cty.Value, hcl.Range, hcl.Diagnostics) {
			x, diags := expression(a.expr, l.bare())
			return x, a.site.Value, v.hidden(diags)
		}
	}
}

// bare is a context in which only literals have a meaning.
func (l *loader) bare() *hcl.EvalContext {
	s := &scope{eval: l.eval, names: &names{}}
	s.ctx = &hcl.EvalContext{Variables: map[string]cty.Value{scopeVar: cty.CapsuleVal(scopeType, s)}}
	return s.ctx
}

// literal is a value typed on a command line: the text itself for a string,
// else an HCL literal.
func (v *declaration) literal(text, from string) (cty.Value, hcl.Diagnostics) {
	at := hcl.Range{Filename: from}
	if secret := secretIn([]byte(text)); secret != "" {
		return cty.DynamicVal, hcl.Diagnostics{diag.New("secret-in-source", at, secret)}
	}
	if notText([]byte(text)) > 0 {
		return cty.DynamicVal, hcl.Diagnostics{notUTF8(at, "the variable "+v.name, "another encoding")}
	}
	if v.typ == cty.String {
		return cty.StringVal(text), nil
	}
	if diags := nesting(from, []byte(text), hclsyntax.LexExpression); diags.HasErrors() {
		return cty.DynamicVal, diags
	}
	e, diags := hclsyntax.ParseExpression([]byte(text), from, hcl.InitialPos)
	if !diags.HasErrors() {
		var x cty.Value
		if x, diags = e.Value(nil); !diags.HasErrors() {
			return x, nil
		}
	}
	if v.typ == cty.DynamicPseudoType {
		return cty.StringVal(text), nil
	}
	d := diag.New("wrong-type", at, "the variable "+v.name, typeString(v.typ), "this text")
	return cty.DynamicVal, hcl.Diagnostics{diag.WithHint(d, "Write an HCL literal, as in 'true', '3' or '[\"a\"]'.")}
}
