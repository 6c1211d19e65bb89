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
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// Options say what to load.
type Options struct {
	// Tree is the folder that all reads are confined to.
	Tree fs.FS
	// Closed are paths in it, files or folders, that the topology may not read:
	// what jsc writes, and its keys.
	Closed []string
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
	return watch(o)
}

// loadBy loads a topology by one evaluator, and the branches that it may have.
func loadBy(e *evaluator, o Options) (*Config, hcl.Diagnostics) {
	l := &loader{Options: o, eval: e, sources: map[string][]byte{}, parsed: map[string]*body{}}
	out := &file{}
	out.Sources = l.sources
	if b := l.read(o.Path); b != nil {
		out.Start = hcl.Range{Filename: b.end.Filename, Start: hcl.InitialPos, End: hcl.InitialPos}
		l.evaluate(b, out)
		out.refused, out.nameless = b.refused, b.nameless
	}
	out.redactor = e.redactor()
	return &out.Config, out.Redact(append(l.diags, e.diags...))
}

// evaluate works everything out, stratum by stratum.
func (l *loader) evaluate(b *body, out *file) {
	e := l.eval
	dir := l.Path
	if l.isFile(dir) {
		dir = path.Dir(dir)
	}
	e.now = families
	top := e.newScope("", dir)
	l.variables(top, b)
	l.language(top, b, []string{dir})
	for i := 0; i < len(l.modules); i++ { // modules bring modules
		l.modules[i].known(e, hcl.Range{})
	}
	into := reflect.ValueOf(out).Elem()
	for now := families; now <= therest; now++ {
		e.now = now
		if now == families || now == crossings {
			l.declareAll(into, now)
		}
		if now > families {
			e.fill(nil, b, fileSpec(), into, top.ctx, nil)
			e.fillTemplates()
			e.goOnBranches((*evaluator).fillOne)
			for _, p := range e.work {
				e.fillOne(p)
			}
		}
	}
	l.finish(&out.Config)
	out.Unused = l.unused()
}

// loader reads files and makes scopes of them.
type loader struct {
	Options
	eval    *evaluator
	diags   hcl.Diagnostics
	sources map[string][]byte
	bodies  []scopeBody
	parsed  map[string]*body // modules' folders, parsed once
	modules []*moduleFamily  // as they come to be known

	varsUnread bool // a var file could not be parsed, which was said
}

type scopeBody struct {
	scope *scope
	body  *body
}

func (l *loader) add(d *hcl.Diagnostic) { l.diags = append(l.diags, d) }

func (o *Options) display(name string) string {
	if o.Display != nil {
		return o.Display(name)
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

// isFile tells a file from a folder.
func (l *loader) isFile(name string) bool {
	info, err := fs.Stat(l.Tree, name)
	return err == nil && !info.IsDir() || err != nil && isTopologyFile(name)
}

// read parses a file, or the files of a folder as one body, and checks it. It
// returns nil where nothing can be made of it.
func (l *loader) read(name string) *body {
	names := []string{name}
	if !l.isFile(name) {
		var ok bool
		if names, ok = l.list(name); !ok {
			return nil
		}
	} else if !isTopologyFile(name) {
		d := diag.New("syntax", hcl.Range{Filename: l.display(name)}, "the name of a topology's file ends in .hcl or .hcl.json, and begins with neither . nor #")
		l.add(diag.WithHint(d, "Name such a file, or a folder of them."))
		return nil
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
		l.sources[shown] = withoutMark(data)
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
	out.settle(fileSpec(), true)
	l.diags = append(l.diags, c.diags...)
	return out
}

// list names the topology files of a folder, in order.
func (l *loader) list(dir string) ([]string, bool) {
	entries, err := fs.ReadDir(l.Tree, dir)
	if err != nil {
		l.add(fileDiagnostic(hcl.Range{Filename: l.display(dir)}, dir, err))
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
		d := diag.New("syntax", hcl.Range{Filename: l.display(dir)}, fmt.Sprintf("there is no *.hcl or *.hcl.json file in %s", l.display(dir)))
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
	var other *otherEncoding
	if errors.As(err, &other) {
		return notUTF8(at, fmt.Sprintf("the file %q", said), fmt.Sprintf("what stands in line %d", other.line))
	}
	var r *refusal
	if errors.As(err, &r) {
		d := diag.New("file-outside-root", at, said, r.why)
		if r.mend != "" {
			d = diag.WithHint(d, "%s", r.mend)
		}
		return d
	}
	why := err.Error()
	var perr *fs.PathError
	if errors.As(err, &perr) {
		why = perr.Err.Error()
	}
	return diag.New("file-unreadable", at, said, why)
}

// notUTF8 says of a text from outside that it is in another encoding.
func notUTF8(at hcl.Range, what, found string) *hcl.Diagnostic {
	return diag.WithHint(diag.New("bad-value", at, what, "UTF-8", found), "Save or give it as UTF-8: iconv -f LATIN1 -t UTF-8 writes a text of Western Europe so.")
}

// newEvaluator makes an evaluator; givenUp ends it, when there is one.
func newEvaluator(o Options, givenUp *atomic.Bool) *evaluator {
	if givenUp == nil {
		givenUp = new(atomic.Bool)
	}
	return &evaluator{keys: o.Keys, files: &reader{o.Tree, o.Closed}, bounds: o.Bounds, secrets: map[string]bool{}, givenUp: givenUp, made: new(atomic.Int64)}
}

// newScope makes the scope of a topology or of a module instance.
func (e *evaluator) newScope(address, dir string) *scope {
	s := &scope{
		eval: e, address: address, dir: dir, names: &names{},
		modules: map[string]*moduleFamily{}, vars: map[string]*lazy{}, locals: map[string]*lazy{}, outputs: map[string]*lazy{},
	}
	s.ctx = &hcl.EvalContext{
		Variables: map[string]cty.Value{scopeVar: cty.CapsuleVal(scopeType, s)},
		Functions: e.functions(s),
	}
	s.roots = map[Kind]cty.Value{KindAccount: s.namespace(KindAccount), KindShare: s.namespace(KindShare)}
	e.scopes = append(e.scopes, s)
	return s
}

// language takes what belongs to the language out of a body: locals, modules,
// outputs. Above are the modules around it, so that none contains itself.
func (l *loader) language(s *scope, b *body, above []string) {
	l.bodies = append(l.bodies, scopeBody{s, b})
	*s.names = b.announced()
	for _, n := range b.blocks {
		switch n.kind {
		case "locals":
			for _, a := range n.body.attrs {
				if prior := s.locals[a.name]; prior != nil {
					l.add(diag.WithNote(diag.New("duplicate-name", a.site.Name, "the local value", a.name), prior.at, "it is already declared here"))
					continue
				}
				s.locals[a.name] = s.lazy("local."+a.name, a)
			}
		case "output":
			l.output(s, n)
		}
	}
	for _, n := range b.blocks {
		if n.kind == "module" {
			l.declareModule(s, n, above)
		}
	}
}

func (l *loader) output(s *scope, n *block) {
	name, a := n.labels[0], n.body.attr("value")
	if prior := s.outputs[name]; prior != nil {
		l.add(diag.WithNote(diag.New("duplicate-name", n.site.Label, "the output", name), prior.at, "it is already declared here"))
		return
	}
	if name == "account" || name == "share" {
		l.add(diag.New("bad-value", n.site.Label, "the name of an output", "another than account and share", fmt.Sprintf("%q", name)))
		return
	}
	if a == nil {
		return // the checker said so
	}
	out := s.lazy("output."+name, a)
	if sensitive := n.body.attr("sensitive"); sensitive != nil {
		out.sensitive = l.eval.yes(sensitive, s.ctx)
	}
	s.outputs[name] = out
}

// lazy is an attribute that is worked out when asked for.
func (s *scope) lazy(what string, a *attr) *lazy {
	return &lazy{what: s.address + what, at: a.site.Name, eval: func() (cty.Value, hcl.Diagnostics) {
		return expression(a.expr, s.ctx)
	}}
}

// declareAll makes the instances of a stratum in every scope.
func (l *loader) declareAll(into reflect.Value, now stratum) {
	e := l.eval
	if now == crossings {
		e.goOnBranches((*evaluator).declareIn)
		for _, p := range e.work {
			e.declareIn(p)
		}
	}
	for _, sb := range l.bodies {
		e.declare(sb.scope, sb.body, fileSpec(), nil, into, sb.scope.ctx, sb.scope.names, nil)
	}
}

// finish evaluates what nothing asked for, reads what blocks name, and gives
// each `to` its account.
func (l *loader) finish(c *Config) {
	e := l.eval
	for _, s := range e.scopes {
		for _, m := range []map[string]*lazy{s.vars, s.locals, s.outputs} {
			for _, name := range keysOf(m) {
				e.force(m[name], m[name].at)
			}
		}
	}
	for _, p := range e.work {
		l.finishOne(p)
	}
	for _, b := range e.branches {
		for _, p := range b.eval.work {
			l.finishOne(p)
		}
	}
}

// finished are the kinds that finishOne does anything with.
var finished = map[Kind]bool{kindTo: true, kindMapping: true, kindAccept: true}

func (l *loader) finishOne(p pending) {
	if !finished[Kind(p.block.kind)] {
		return
	}
	switch x := p.head.self.(type) {
	case *To:
		l.importer(scopeOf(p.ctx), x)
	case *Mapping:
		l.spoken(x, x.From.at, "from")
	case *MappingTo:
		l.spoken(x, x.Subject.at, "subject")
	case *Accept:
		if x.Bundle.IsSet() {
			x.Data = l.bundle(scopeOf(p.ctx), x)
		}
	}
}

// spoken holds that a mapping, or its destination, which is known by its label
// otherwise, says its subject under for_each.
func (l *loader) spoken(x Entity, at *Site, name string) {
	if h := x.Header(); h.HasKey && at == nil && h.nameAt == nil {
		d := diag.New("missing-attribute", h.Def(), string(h.Kind)+" under for_each", name)
		l.add(diag.WithHint(d, "Its label names the family: say each instance's subject, as in %s = each.value.", name))
	}
}

// importer gives a `to` without account = the account whose label it has.
func (l *loader) importer(s *scope, x *To) {
	if x.Account.at != nil {
		return
	}
	f := s.names.find(KindAccount, x.Label)
	switch {
	case x.HasKey:
		d := diag.New("missing-attribute", x.Def(), "to under for_each", "account")
		l.add(diag.WithHint(d, "Say which account each instance is for, as in account = each.value."))
	case f == nil:
		return // the compiler says so
	case f.single != nil:
		x.Account.at = &Site{Name: x.Site().Label, Value: x.Site().Label}
		x.Account.Value = f.single
		return
	case f.failed():
	default:
		address := f.address(s, nil)
		d := diag.New("missing-attribute", x.Def(), "to", "account")
		l.add(diag.WithHint(d, "%s is a family: say which of it is meant, as in account = %s[\"key\"].", address, address))
	}
	x.Account.fail(&Site{Name: x.Site().Label, Value: x.Site().Label})
}

// bundle reads the file that an accept block names.
func (l *loader) bundle(s *scope, x *Accept) []byte {
	text, err := l.eval.files.text(s.dir, x.Bundle.Value)
	if err != nil {
		l.add(fileDiagnostic(x.Bundle.Range(), x.Bundle.Value, err))
		x.Bundle.fail(x.Bundle.at)
		return nil
	}
	return []byte(text)
}
