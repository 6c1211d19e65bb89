// Package schema owns what a person wrote: it reads the files of a topology,
// evaluates every expression in them, and gives the blocks as structs, each
// value with the place it stands at. It reads files only through the tree it
// is given, and knows no NATS semantics beyond what a subject looks like.
package schema

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"reflect"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// Options say what to load.
type Options struct {
	// Tree is the folder that all reads are confined to.
	Tree fs.FS
	// Path is the topology in it: a file, or a folder whose *.hcl and
	// *.hcl.json files are read as one; "." for the tree's top.
	Path string
	// Display gives the name that diagnostics use for a path of the tree; nil
	// gives the path itself.
	Display func(path string) string
	// Vars are the values given for variables, the most important first.
	Vars []Values
	// Env looks JSC_VAR_… up; nil finds nothing.
	Env func(name string) (string, bool)
	// Keys tells the pinned public keys; nil has none.
	Keys Keys
	// Bounds limit the work; the zero Bounds are DefaultBounds.
	Bounds Bounds
}

// Load reads and evaluates a topology. The Config is never nil and holds what
// could be made out; with an error among the diagnostics it is not complete,
// and attributes that could not be used are Invalid.
func Load(o Options) (*Config, hcl.Diagnostics) {
	if o.Bounds == (Bounds{}) {
		o.Bounds = DefaultBounds
	}
	return watch(o, load)
}

func load(o Options) (*Config, hcl.Diagnostics) {
	l := &loader{Options: o, sources: map[string][]byte{}}
	e := &evaluator{keys: o.Keys, tree: o.Tree, bounds: o.Bounds, circles: map[*hcl.Diagnostic]bool{}}
	l.eval = e
	out := &file{}
	out.Sources = l.sources
	b := l.read(o.Path)
	if b == nil {
		return &out.Config, append(l.diags, e.diags...)
	}
	dir := o.Path
	if isTopologyFile(o.Path) {
		dir = path.Dir(o.Path)
	}
	top := e.newScope(nil, "", dir)
	l.variables(top, b)
	l.language(top, b, nil)
	for _, sb := range l.bodies {
		sb.scope.announce(sb.body, nil, sb.scope.names)
	}
	into := reflect.ValueOf(out).Elem()
	for now := families; now <= therest; now++ {
		e.now = now
		if now == families || now == crossings {
			l.declareAll(into, now)
		}
		if now >= deliveries {
			e.fill(pending{scope: top}, b, fileSpec(), into, top.ctx)
			for _, p := range e.work {
				e.fill(p, p.block.body, p.block.spec, p.into, p.ctx)
			}
		}
	}
	l.finish(&out.Config)
	return &out.Config, append(l.diags, e.diags...)
}

// loader reads files and makes scopes of them.
type loader struct {
	Options
	eval    *evaluator
	diags   hcl.Diagnostics
	sources map[string][]byte
	bodies  []scopeBody
	parsed  map[string]*body // modules' folders, parsed once
}

type scopeBody struct {
	scope *scope
	body  *body
}

func (l *loader) add(d *hcl.Diagnostic) { l.diags = append(l.diags, d) }

func (l *loader) display(name string) string {
	if l.Options.Display != nil {
		return l.Options.Display(name)
	}
	return name
}

// isTopologyFile reports that a name is one that a topology is written in.
func isTopologyFile(name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "#") {
		return false
	}
	return strings.HasSuffix(base, ".hcl") || strings.HasSuffix(base, ".hcl.json")
}

// read parses a file, or the files of a folder as one body, and checks it. It
// returns nil where nothing can be made of it.
func (l *loader) read(name string) *body {
	names := []string{name}
	if !isTopologyFile(name) {
		var ok bool
		if names, ok = l.list(name); !ok {
			return nil
		}
	}
	out := &body{}
	ok := true
	for _, n := range names {
		data, err := ReadFile(l.Tree, n)
		if err != nil {
			l.add(fileDiagnostic(hcl.Range{Filename: l.display(n)}, n, err))
			ok = false
			continue
		}
		shown := l.display(n)
		l.sources[shown] = data
		b, diags := parseFile(shown, data, fileSpec())
		l.diags = append(l.diags, diags...)
		if b == nil {
			ok = false
			continue
		}
		out.attrs = append(out.attrs, b.attrs...)
		out.blocks = append(out.blocks, b.blocks...)
		if out.end == (hcl.Range{}) {
			out.end = b.end
		}
	}
	if !ok {
		return nil
	}
	c := &checker{}
	c.body(out, fileSpec(), out.end)
	l.diags = append(l.diags, c.diags...)
	return out
}

// list names the topology files of a folder, in order.
func (l *loader) list(dir string) ([]string, bool) {
	entries, err := fs.ReadDir(l.Tree, dir)
	if err != nil {
		l.add(fileDiagnostic(hcl.Range{}, dir, err))
		return nil, false
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && isTopologyFile(e.Name()) {
			out = append(out, path.Join(dir, e.Name()))
		}
	}
	sort.Strings(out)
	if len(out) == 0 {
		d := diag.New("syntax", hcl.Range{}, fmt.Sprintf("there is no *.hcl or *.hcl.json file in %s", l.display(dir)))
		l.add(diag.WithHint(d, "Name the topology's file or folder; `jsc init` writes one to begin with."))
		return nil, false
	}
	return out, true
}

// fileDiagnostic says why a path cannot be read.
func fileDiagnostic(at hcl.Range, said string, err error) *hcl.Diagnostic {
	var large tooLarge
	if errors.As(err, &large) {
		return diag.New("file-too-large", at, said, maxFileText)
	}
	var secret *secretFound
	if errors.As(err, &secret) {
		return diag.New("secret-in-source", at, secret.what)
	}
	var r *refusal
	if errors.As(err, &r) {
		return diag.New("file-outside-root", at, said, r.why)
	}
	why := err.Error()
	var perr *fs.PathError
	if errors.As(err, &perr) {
		why = perr.Err.Error()
	}
	return diag.New("file-unreadable", at, said, why)
}

// newScope makes the scope of a topology or of a module instance.
func (e *evaluator) newScope(outer *scope, address, dir string) *scope {
	s := &scope{
		eval: e, outer: outer, address: address, dir: dir, names: names{},
		modules: map[string]*moduleFamily{}, vars: map[string]*lazy{}, locals: map[string]*lazy{}, outputs: map[string]*lazy{},
	}
	s.ctx = &hcl.EvalContext{
		Variables: map[string]cty.Value{scopeVar: cty.CapsuleVal(scopeType, s)},
		Functions: e.functions(s),
	}
	e.scopes = append(e.scopes, s)
	return s
}

// language takes what belongs to the language out of a body: locals, modules,
// outputs. Above are the modules around it, so that none contains itself.
func (l *loader) language(s *scope, b *body, above []string) {
	l.bodies = append(l.bodies, scopeBody{s, b})
	for _, n := range b.blocks {
		switch n.kind {
		case "locals":
			for _, a := range n.body.attrs {
				if prior := s.locals[a.name]; prior != nil {
					l.add(diag.WithNote(diag.New("duplicate-name", a.site.Name, "the local value", a.name), prior.at, "it is already declared here"))
					continue
				}
				s.locals[a.name] = s.lazy("local."+a.name, a, s.ctx)
			}
		case "output":
			if a := n.body.attr("value"); a != nil {
				if prior := s.outputs[n.labels[0]]; prior != nil {
					l.add(diag.WithNote(diag.New("duplicate-name", n.site.Label, "the output", n.labels[0]), prior.at, "it is already declared here"))
					continue
				}
				s.outputs[n.labels[0]] = s.lazy("output."+n.labels[0], a, s.ctx)
			}
		}
	}
	for _, n := range b.blocks {
		if n.kind == "module" {
			l.module(s, n, above)
		}
	}
}

// lazy is an attribute that is worked out when asked for.
func (s *scope) lazy(what string, a *attr, ctx *hcl.EvalContext) *lazy {
	return &lazy{what: what, at: a.site.Name, eval: func() (cty.Value, hcl.Diagnostics) {
		return expression(a.expr, ctx)
	}}
}

// declareAll makes the instances of a stratum in every scope.
func (l *loader) declareAll(into reflect.Value, now stratum) {
	e := l.eval
	if now == crossings {
		for _, p := range e.work {
			e.declare(p.scope, p.block.body, p.block.spec, p.head, p.into, p.ctx, p.head.names)
		}
	}
	for _, sb := range l.bodies {
		e.declare(sb.scope, sb.body, fileSpec(), nil, into, sb.scope.ctx, sb.scope.names)
	}
}

// finish evaluates what nothing asked for, reads what blocks name, and gives
// each `to` its account.
func (l *loader) finish(c *Config) {
	e := l.eval
	for _, s := range e.scopes {
		for _, m := range []map[string]*lazy{s.vars, s.locals, s.outputs} {
			for _, name := range keysOf(m) {
				if m[name].state == notYet {
					_, diags := e.force(m[name], m[name].at)
					e.diags = append(e.diags, diags...)
				}
			}
		}
	}
	for _, p := range e.work {
		switch x := p.head.self.(type) {
		case *To:
			if f := p.scope.names[KindAccount][x.Label]; x.Account.at == nil && f != nil && f.single != nil {
				x.Account = Attr[Entity]{Value: f.single, at: &Site{Name: x.Site().Label, Value: x.Site().Label}}
			}
		case *Accept:
			if x.Bundle.IsSet() {
				x.Data = l.bundle(p.scope, x)
			}
		}
	}
}

// bundle reads the file that an accept block names.
func (l *loader) bundle(s *scope, x *Accept) []byte {
	name, err := relative(s.dir, x.Bundle.Value)
	var data []byte
	if err == nil {
		data, err = ReadFile(l.Tree, name)
	}
	if err != nil {
		l.add(fileDiagnostic(x.Bundle.Range(), x.Bundle.Value, err))
		x.Bundle.invalid = true
		return nil
	}
	if secret := secretIn(data); secret != "" {
		l.add(diag.New("secret-in-source", x.Bundle.Range(), secret))
		return nil
	}
	return data
}
