package schema

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"

	"jsc/schema/diag"
)

// maxModuleDepth is how deep modules may stand in modules.
const maxModuleDepth = 16

// module reads the folder of a module block and makes a scope for each of its
// instances.
func (l *loader) module(s *scope, n *block, above []string) {
	label := n.labels[0]
	if prior := s.modules[label]; prior != nil {
		l.add(diag.WithNote(diag.New("duplicate-name", n.site.Label, "the module", label), prior.at.Def, "it is already declared here"))
		return
	}
	f := &moduleFamily{label: label, at: &n.site, failed: true}
	s.modules[label] = f
	dir, ok := l.moduleDir(s, n)
	if !ok {
		return
	}
	if slices.Contains(above, dir) {
		l.add(diag.New("reference-cycle", n.site.Def, "modules contain each other: "+strings.Join(append(above, dir), " → ")))
		return
	}
	if len(above) >= maxModuleDepth {
		l.add(diag.New("evaluation-limit", n.site.Def, fmt.Sprintf("modules stand more than %d deep in each other", maxModuleDepth)))
		return
	}
	b := l.moduleBody(dir)
	if b == nil {
		return
	}
	inside := append(slices.Clone(above), dir)
	address := s.address + "module" + labelStep(label)
	l.eval.now = families
	if n.forEach == nil {
		f.failed = false
		f.single = l.moduleInstance(s, n, b, dir, address+".", s.ctx, inside)
		return
	}
	elems, ok := l.eval.elements(n.forEach.expr, s.ctx, n.forEach.site.Value)
	if !ok {
		return
	}
	f.failed = false
	f.byKey = map[string]*scope{}
	for _, el := range elems {
		f.byKey[el.key] = l.moduleInstance(s, n, b, dir, fmt.Sprintf("%s[%q].", address, el.key), el.context(s.ctx), inside)
	}
}

// moduleDir is the folder that a module block names; it must be a text that
// needs no evaluation of entities.
func (l *loader) moduleDir(s *scope, n *block) (string, bool) {
	a := n.body.attr("source")
	if a == nil {
		l.add(diag.New("missing-attribute", n.site.Def, "module", "source"))
		return "", false
	}
	l.eval.now = families
	v, diags := l.eval.value(a.expr, s.ctx)
	if diags.HasErrors() || !v.IsKnown() {
		return "", false
	}
	if v.IsNull() || v.Type() != cty.String {
		l.add(diag.New("wrong-type", a.site.Value, "source", "a string", typeName(v)))
		return "", false
	}
	said := v.AsString()
	if !strings.HasPrefix(said, "./") && !strings.HasPrefix(said, "../") {
		l.add(diag.WithHint(diag.New("bad-value", a.site.Value, "source", "a folder of the topology", fmt.Sprintf("%q", said)),
			"Modules are local folders: begin with ./ or ../."))
		return "", false
	}
	dir, err := relative(s.dir, said)
	if err == nil && dir != "." {
		_, err = lstat(l.Tree, dir)
	}
	if err != nil {
		l.add(fileDiagnostic(a.site.Value, said, err))
		return "", false
	}
	return path.Clean(dir), true
}

// moduleBody parses a module's folder once, however often it is used.
func (l *loader) moduleBody(dir string) *body {
	if b, ok := l.parsed[dir]; ok {
		return b
	}
	if l.parsed == nil {
		l.parsed = map[string]*body{}
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
	}
	l.parsed[dir] = b
	return b
}

func (l *loader) moduleInstance(outer *scope, n *block, b *body, dir, address string, ctx *hcl.EvalContext, above []string) *scope {
	l.eval.count(n.site.Def)
	s := l.eval.newScope(outer, address, dir)
	l.moduleInputs(s, n, b, ctx)
	l.language(s, b, above)
	return s
}

// moduleInputs gives the module's variables the values of the block's
// attributes, worked out in the scope around it when they are asked for.
func (l *loader) moduleInputs(s *scope, n *block, b *body, ctx *hcl.EvalContext) {
	declared := map[string]*block{}
	for _, v := range b.blocks {
		if v.kind == "variable" {
			declared[v.labels[0]] = v
		}
	}
	for _, a := range n.body.attrs {
		switch {
		case a.name == "source" || a.name == "for_each":
		case declared[a.name] == nil:
			l.add(unknownInput(a, n, keysOf(declared)))
		}
	}
	for _, name := range keysOf(declared) {
		v := l.declaration(s, declared[name])
		if a := n.body.attr(name); a != nil {
			s.vars[name] = v.given(s.address+"var."+name, a.site.Name, func() (cty.Value, hcl.Diagnostics) {
				return expression(a.expr, ctx)
			}, a.site.Value)
			continue
		}
		if v.fallback == nil {
			l.add(diag.WithHint(diag.New("missing-attribute", n.site.Def, "module "+n.labels[0], name), "The module's variable %s has no default.", name))
			s.vars[name] = unknownValue("var."+name, v.at)
			continue
		}
		s.vars[name] = v.byDefault()
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
	name, ok := stepName(t, 1)
	if !ok {
		d := diag.New("unknown-reference", t.SourceRange(), "module without a name")
		return cty.DynamicVal, nil, hcl.Diagnostics{diag.WithHint(d, "Write module.NAME.")}
	}
	f := s.modules[name]
	if f == nil {
		return cty.DynamicVal, nil, hcl.Diagnostics{unknown(t[:2].SourceRange(), fmt.Sprintf("module %q", name), name, keysOf(s.modules))}
	}
	switch {
	case f.failed:
		return cty.DynamicVal, nil, nil
	case f.single != nil:
		return cty.CapsuleVal(moduleType, f.single), t[2:], nil
	}
	return cty.CapsuleVal(familyModType, f), t[2:], nil
}

// instance is the step from a family of modules to one of them.
func (f *moduleFamily) instance(st hcl.Traverser, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	key, ok := stepName(hcl.Traversal{st}, 0)
	if !ok {
		return cty.DynamicVal, nil
	}
	if x, isIndex := st.(hcl.TraverseIndex); isIndex {
		k, err := convert.Convert(x.Key, cty.String)
		if err != nil || k.IsNull() || !k.IsKnown() {
			return cty.DynamicVal, hcl.Diagnostics{diag.New("bad-expression", at, "a module is reached by a string")}
		}
		key = k.AsString()
	}
	s := f.byKey[key]
	if s == nil {
		return cty.DynamicVal, hcl.Diagnostics{unknown(at, fmt.Sprintf("instance %q of module %q", key, f.label), key, keysOf(f.byKey))}
	}
	return cty.CapsuleVal(moduleType, s), nil
}

// moduleMember is the step from a module: to its entities, or to an output.
func (s *scope) moduleMember(st hcl.Traverser, at hcl.Range) (cty.Value, hcl.Diagnostics) {
	name, ok := stepName(hcl.Traversal{st}, 0)
	if !ok {
		return cty.DynamicVal, hcl.Diagnostics{diag.New("bad-expression", at, "a module has named outputs only")}
	}
	if name == "account" || name == "share" {
		return cty.CapsuleVal(namespaceType, &namespace{kind: Kind(name), names: s.names, scope: s}), nil
	}
	l := s.outputs[name]
	if l == nil {
		return cty.DynamicVal, hcl.Diagnostics{unknown(at, fmt.Sprintf("output %q in %s", name, strings.TrimSuffix(s.address, ".")), name, append(keysOf(s.outputs), "account", "share"))}
	}
	return s.eval.force(l, at)
}
