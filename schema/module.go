package schema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// maxModuleDepth is how deep modules may stand in modules.
const maxModuleDepth = 16

// declareModule makes a module block known by its label; its folder is read
// and its instances are made when a reference needs them, or at last by the
// loader. So a module's for_each may use another module's output, in any order.
func (l *loader) declareModule(s *scope, n *block, above []string) {
	label := n.labels[0]
	if prior := s.modules[label]; prior != nil {
		l.add(diag.WithNote(diag.New("duplicate-name", n.site.Label, "the module", label), prior.at.Def, "it is already declared here"))
		return
	}
	f := &moduleFamily{label: label, address: s.address + "module" + labelStep(label), at: &n.site, failed: true}
	f.load = func() { f.failed = !l.module(s, f, n, above) }
	s.modules[label] = f
	l.modules = append(l.modules, f)
}

// known makes the module's instances, once. What needs them on the way to
// themselves is a cycle.
func (f *moduleFamily) known(e *evaluator, from hcl.Range) {
	switch f.state {
	case notYet:
		f.state = underWay
		outer := e.touched
		e.touched = false
		f.load()
		e.touched = outer
		f.state = done
	case underWay:
		d := diag.New("reference-cycle", f.at.Def, f.address+" is needed to know its own instances")
		e.add(diag.WithNote(d, from, "it is needed here"))
	}
}

// module reads the folder of a module block and makes a scope for each of its
// instances. It reports whether it could.
func (l *loader) module(s *scope, f *moduleFamily, n *block, above []string) bool {
	dir, ok := l.moduleDir(s, n)
	if !ok {
		return false
	}
	if i := slices.Index(above, dir); i >= 0 {
		l.add(diag.New("reference-cycle", n.site.Def, "modules contain each other: "+strings.Join(append(slices.Clone(above[i:]), dir), " → ")))
		return false
	}
	if len(above) > maxModuleDepth {
		l.add(overSize(n.site.Def, fmt.Sprintf("modules stand more than %d deep in each other", maxModuleDepth)))
		return false
	}
	b := l.moduleBody(dir)
	if b == nil {
		return false
	}
	l.checkInputs(n, b)
	inside := append(slices.Clone(above), dir)
	elems, single, ok := l.eval.elements(n, s.ctx)
	if !ok {
		return false
	}
	if single {
		f.single = l.moduleInstance(n, b, dir, f.address+".", s.ctx, inside)
		return true
	}
	f.byKey = map[string]*scope{}
	for _, el := range elems {
		f.byKey[el.key] = l.moduleInstance(n, b, dir, fmt.Sprintf("%s[%q].", f.address, el.key), el.context(s.ctx), inside)
	}
	return true
}

// moduleDir is the folder that a module block names; it must be a text that
// needs no evaluation of entities.
func (l *loader) moduleDir(s *scope, n *block) (string, bool) {
	a := n.body.attr("source")
	if a == nil {
		l.add(diag.New("missing-attribute", n.site.Def, "module", "source"))
		return "", false
	}
	v, diags := l.eval.value(a.expr, s.ctx)
	if diags.HasErrors() || !v.IsKnown() {
		return "", false
	}
	if v.IsNull() {
		l.add(diag.New("missing-attribute", a.site.Value, "module", "source"))
		return "", false
	}
	if v.Type() != cty.String {
		l.add(diag.New("wrong-type", a.site.Value, "source", "a string", typeName(v)))
		return "", false
	}
	said := v.AsString()
	if !strings.HasPrefix(said, "./") && !strings.HasPrefix(said, "../") {
		l.add(diag.WithHint(diag.New("bad-value", a.site.Value, "source", "a folder of the topology", fmt.Sprintf("%q", said)),
			"Modules are local folders: begin with ./ or ../."))
		return "", false
	}
	dir, err := l.eval.files.folder(s.dir, said)
	if err != nil {
		l.add(fileDiagnostic(a.site.Value, said, err))
		return "", false
	}
	return dir, true
}

// moduleBody parses a module's folder once, however often it is used.
func (l *loader) moduleBody(dir string) *body {
	if b, ok := l.parsed[dir]; ok {
		return b
	}
	b := l.read(dir)
	if b != nil {
		kept := b.blocks[:0]
		for _, n := range b.blocks {
			if n.kind == "operator" || n.kind == "server" {
				l.add(diag.WithHint(diag.New("unknown-block", n.site.Type, "a module", n.kind), "Declare it in the topology itself."))
				continue
			}
			kept = append(kept, n)
		}
		b.blocks = kept
		b.label()
		l.declaredVariables(b)
	}
	l.parsed[dir] = b
	return b
}

func (l *loader) moduleInstance(n *block, b *body, dir, address string, ctx *hcl.EvalContext, above []string) *scope {
	l.eval.count(n.site.Def)
	s := l.eval.newScope(address, dir)
	l.moduleInputs(s, n, b, ctx)
	l.language(s, b, above)
	return s
}

// reserved are the names that a module's variable cannot have: the block that
// uses the module says something else by them.
var reserved = map[string]bool{"source": true, "for_each": true}

// checkInputs holds a module block against the variables that the module
// declares, once for all instances.
func (l *loader) checkInputs(n *block, b *body) {
	declared := firstVariables(b)
	for name, v := range declared {
		if reserved[name] {
			l.add(diag.New("bad-value", v.site.Label, "the name of a module's variable", "another than source and for_each", fmt.Sprintf("%q", name)))
		}
	}
	for _, a := range n.body.attrs {
		if !reserved[a.name] && a.name != "description" && declared[a.name] == nil {
			l.add(unknownInput(a, n, keysOf(declared)))
		}
	}
	for _, name := range keysOf(declared) {
		if n.body.attr(name) == nil && declared[name].body.attr("default") == nil {
			l.add(diag.WithHint(diag.New("missing-attribute", n.site.Def, "module "+n.labels[0], name), "The module's variable %s has no default.", name))
		}
	}
}

// moduleInputs gives the module's variables the values of the block's
// attributes, worked out in the scope around it when they are asked for.
func (l *loader) moduleInputs(s *scope, n *block, b *body, ctx *hcl.EvalContext) {
	declared := firstVariables(b)
	for _, name := range keysOf(declared) {
		v := l.declaration(s, declared[name])
		what := s.address + "var." + name
		switch a := n.body.attr(name); {
		case a != nil:
			s.vars[name] = v.lazy(what, a.site.Name, a.site.Value, func() (cty.Value, hcl.Diagnostics) {
				return expression(a.expr, ctx)
			})
		case v.fallback != nil:
			s.vars[name] = v.byDefault(what)
		default:
			s.vars[name] = unknownValue(what, v.at)
		}
	}
}

func unknownInput(a *attr, n *block, declared []string) *hcl.Diagnostic {
	d := diag.New("unknown-attribute", a.site.Name, "module "+n.labels[0], a.name)
	if near, ok := diag.Suggest(a.name, declared); ok {
		return diag.WithHint(d, "Did you mean %q?", near)
	}
	return diag.WithHint(d, "The module declares no such variable.")
}

// module is the step from `module`: module.n, module.n.account.X, module.n.output.
func (s *scope) module(t hcl.Traversal) (cty.Value, hcl.Traversal, hcl.Diagnostics) {
	name, ok := nameAt(t, 1)
	if !ok {
		d := diag.New("unknown-reference", t.SourceRange(), "module without a name")
		return cty.DynamicVal, nil, hcl.Diagnostics{diag.WithHint(d, "Write module.NAME.")}
	}
	f := s.modules[name]
	if f == nil {
		return cty.DynamicVal, nil, hcl.Diagnostics{unknown(t[:2].SourceRange(), fmt.Sprintf("module %q", name), name, keysOf(s.modules))}
	}
	f.known(s.eval, t[:2].SourceRange())
	switch {
	case f.failed:
		return cty.DynamicVal, nil, nil // a diagnostic said why
	case f.single != nil:
		return cty.CapsuleVal(moduleType, f.single), t[2:], nil
	}
	if len(t) == 2 {
		return f.all(), nil, nil
	}
	return cty.CapsuleVal(familyModType, f), t[2:], nil
}

// all is the family as a value: its instances by their keys, as those of a
// family of accounts are.
func (f *moduleFamily) all() cty.Value {
	if len(f.byKey) == 0 {
		return cty.MapValEmpty(moduleType)
	}
	each := make(map[string]cty.Value, len(f.byKey))
	for key, s := range f.byKey {
		each[key] = cty.CapsuleVal(moduleType, s)
	}
	return cty.MapVal(each)
}

// instance is the step from a family of modules to one of them.
func (f *moduleFamily) instance(st hcl.Traverser, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	key, ok := stepName(st)
	if !ok {
		return cty.DynamicVal, hcl.Diagnostics{diag.New("bad-expression", at, "a module is reached by a string")}
	}
	s := f.byKey[key]
	if s == nil {
		return cty.DynamicVal, hcl.Diagnostics{unknown(at, fmt.Sprintf("instance %q of %s", key, f.address), key, keysOf(f.byKey))}
	}
	return cty.CapsuleVal(moduleType, s), nil
}

// moduleMember is the step from a module: to its entities, or to an output.
func (s *scope) moduleMember(e *evaluator, st hcl.Traverser, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	name, ok := stepName(st)
	if !ok {
		return cty.DynamicVal, hcl.Diagnostics{diag.New("bad-expression", at, "a module has named outputs only")}
	}
	if name == "account" || name == "share" {
		return s.namespace(Kind(name)), nil
	}
	l := s.outputs[name]
	if l == nil {
		return cty.DynamicVal, hcl.Diagnostics{unknown(at, fmt.Sprintf("output %q in %s", name, strings.TrimSuffix(s.address, ".")), name, append(keysOf(s.outputs), "account", "share"))}
	}
	return e.force(l, at), nil
}
