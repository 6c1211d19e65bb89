package schema

import (
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// scope is where names are looked up: the topology's own, or a module
// instance's.
type scope struct {
	eval    *evaluator
	dir     string             // the folder of its files, from the tree's top
	address string             // "" or "module.n." or `module.n["k"].`
	ctx     *hcl.EvalContext   // var, local and the entities are looked up through it
	names   *names             // accounts and shares
	roots   map[Kind]cty.Value // see namespace
	modules map[string]*moduleFamily
	vars    map[string]*lazy
	locals  map[string]*lazy
	outputs map[string]*lazy

	alone bool // a template's, which knows what it is given and nothing of the topology

	branches []*scope         // see branchesOf
	eachCtx  *hcl.EvalContext // of a branch: for what stands in its instances, one after the other
}

// lazy is a value that is worked out when first asked for: a local, a
// module's input or output.
type lazy struct {
	what      string // local.x
	at        hcl.Range
	eval      func() (cty.Value, hcl.Diagnostics)
	state     int // notYet, underWay, done
	value     cty.Value
	elements  []element // of a local, once a for_each has asked for them
	circular  bool      // a diagnostic said that it depends on itself
	sensitive bool      // said to be, or made of what is
}

// waiting is a lazy value under way, and who asked for it.
type waiting struct {
	*lazy
	from hcl.Range
}

const (
	notYet = iota
	underWay
	done
)

// namespace is a value on the way to a reference: account, or account.A.stream.
type namespace struct {
	kind  Kind
	owner *Head // nil at the top
	names *names
	scope *scope
}

// moduleFamily is what one module block declares.
type moduleFamily struct {
	label   string
	address string
	at      *BlockSite
	load    func() // makes the instances
	state   int    // notYet, underWay, done
	single  *scope
	byKey   map[string]*scope
	failed  bool // a diagnostic said why
}

var (
	// A set of references is in the order of their addresses.
	refType = cty.CapsuleWithOps("reference", headType, &cty.CapsuleOps{
		HashKey: func(v any) string { return v.(*Head).Address() },
	})
	namespaceType = cty.Capsule("namespace", reflect.TypeFor[namespace]())
	moduleType    = cty.Capsule("module", reflect.TypeFor[scope]())
	familyModType = cty.Capsule("modules", reflect.TypeFor[moduleFamily]())
	scopeType     = cty.Capsule("scope", reflect.TypeFor[scope]())
)

// scopeVar is where the outermost context keeps its scope; no name in HCL has a
// space.
const scopeVar = " scope"

// scopeOf finds it again; nil where an expression is evaluated without one, as
// the defaults in a type are.
func scopeOf(ctx *hcl.EvalContext) *scope {
	if ctx == nil {
		return nil
	}
	for outer := ctx.Parent(); outer != nil; outer = ctx.Parent() {
		ctx = outer
	}
	if v, ok := ctx.Variables[scopeVar]; ok {
		return v.EncapsulatedValue().(*scope)
	}
	return nil
}

// root looks up the first name of a traversal; rest is what follows it.
func (s *scope) root(ctx *hcl.EvalContext, t hcl.Traversal) (v cty.Value, rest hcl.Traversal, diags hcl.Diagnostics) {
	name := t.RootName()
	for c := ctx; c != nil; c = c.Parent() {
		if v, ok := c.Variables[name]; ok {
			if v.Type() == eachType {
				v, rest = eachStep(c, t)
				return v, rest, nil
			}
			if _, ok := c.Variables[sensitiveVar]; ok {
				s.eval.touched = true
			}
			return v, t[1:], nil
		}
	}
	if s.alone {
		return cty.DynamicVal, nil, hcl.Diagnostics{unknown(t[0].SourceRange(), fmt.Sprintf("%q in this template", name), name, variables(ctx))}
	}
	switch name {
	case "account", "share":
		return s.namespace(Kind(name)), t[1:], nil
	case "var":
		return s.lazyValue(s.vars, t, "variable", "variable")
	case "local":
		return s.lazyValue(s.locals, t, "local value", "locals")
	case "module":
		return s.module(t)
	case "each":
		d := diag.New("unknown-reference", t[0].SourceRange(), "each here")
		return cty.DynamicVal, nil, hcl.Diagnostics{diag.WithHint(d, "each is known in a block that has a for_each, and in what stands inside it.")}
	}
	d := diag.New("unknown-reference", t[0].SourceRange(), fmt.Sprintf("%q", name))
	roots := append(variables(ctx), "account", "share", "var", "local", "module", "each")
	if near, ok := diag.Suggest(name, roots); ok {
		d = diag.WithHint(d, "Did you mean %q?", near)
	} else {
		d = diag.WithHint(d, "A reference begins with account, share, var, local, module or each; a text stands in quotes.")
	}
	return cty.DynamicVal, nil, hcl.Diagnostics{d}
}

// variables are the names that an expression's own contexts give, sorted.
func variables(ctx *hcl.EvalContext) []string {
	var names []string
	for c := ctx; c != nil; c = c.Parent() {
		for k := range c.Variables {
			if k != scopeVar && k != sensitiveVar {
				names = append(names, k)
			}
		}
	}
	slices.Sort(names)
	return names
}

// namespace is what the entities of a kind are reached by: account, share.
func (s *scope) namespace(kind Kind) cty.Value {
	if v, made := s.roots[kind]; made {
		return v
	}
	return cty.CapsuleVal(namespaceType, &namespace{kind: kind, names: s.names, scope: s})
}

// lazyValue is var.x, local.x, which blocks of a kind declare.
func (s *scope) lazyValue(in map[string]*lazy, t hcl.Traversal, what, kind string) (cty.Value, hcl.Traversal, hcl.Diagnostics) {
	name, ok := nameAt(t, 1)
	if !ok {
		d := diag.New("unknown-reference", t.SourceRange(), what+" without a name")
		return cty.DynamicVal, nil, hcl.Diagnostics{diag.WithHint(d, "Write %s.NAME.", t.RootName())}
	}
	l := in[name]
	if l == nil && s.names.mayHave(kind) {
		return cty.DynamicVal, t[2:], nil
	}
	if l == nil {
		return cty.DynamicVal, nil, hcl.Diagnostics{unknown(t[:2].SourceRange(), fmt.Sprintf("%s %q", what, name), name, keysOf(in))}
	}
	return s.eval.force(l, t.SourceRange()), t[2:], nil
}

// nameAt is the name of step i of a traversal, if it has one.
func nameAt(t hcl.Traversal, i int) (string, bool) {
	if i >= len(t) {
		return "", false
	}
	return stepName(t[i])
}

// stepName is the name or the key of a step, if it is a text.
func stepName(st hcl.Traverser) (string, bool) {
	switch s := st.(type) {
	case hcl.TraverseAttr:
		return s.Name, true
	case hcl.TraverseIndex:
		if s.Key.IsKnown() && !s.Key.IsNull() && s.Key.Type() == cty.String {
			return s.Key.AsString(), true
		}
	}
	return "", false
}

// force works a lazy value out, once, and says what is wrong with it, once:
// whoever asks for it gets an unknown value, of which nothing more is said.
// What is asked for on the way to itself is a cycle.
func (e *evaluator) force(l *lazy, from hcl.Range) cty.Value {
	switch {
	case e.isBranch && l.state != done:
		panic(overLimit{from, "the trunk does not know it yet"})
	case l.state == underWay:
		if !l.circular {
			l.circular = true
			e.add(e.cycle(l, from))
		}
		return cty.DynamicVal
	case l.state == notYet && len(e.path) >= maxWaiting:
		panic(overLimit{from, fmt.Sprintf("more than %d values wait for each other", maxWaiting)})
	case l.state == notYet:
		l.state = underWay
		e.path = append(e.path, waiting{l, from})
		outer := e.touched
		e.touched = l.sensitive
		v, diags := l.eval()
		if diags.HasErrors() {
			v = cty.DynamicVal
			e.tellPath(diags)
		}
		l.sensitive, e.touched = e.touched, outer
		if l.sensitive {
			e.keepSecret(v)
		}
		e.diags = append(e.diags, diags...)
		e.path = e.path[:len(e.path)-1]
		l.value, l.state = v, done
	}
	e.touched = e.touched || l.sensitive
	return l.value
}

// tellPath notes on what is used too early for whom it was needed.
func (e *evaluator) tellPath(diags hcl.Diagnostics) {
	for _, d := range diags {
		if diag.Of(d).Rule.Name != "reference-cycle" {
			continue
		}
		for i := len(e.path) - 1; i >= 0; i-- {
			diag.WithNote(d, e.path[i].from, "%s is needed here", e.path[i].what)
		}
	}
}

func (e *evaluator) cycle(l *lazy, from hcl.Range) *hcl.Diagnostic {
	i := 0
	for i < len(e.path) && e.path[i].lazy != l {
		i++
	}
	var path []string
	for _, p := range e.path[i:] {
		path = append(path, p.what)
	}
	d := diag.New("reference-cycle", l.at, "these depend on each other: "+strings.Join(append(path, l.what), " → "))
	for _, p := range e.path[i+1:] {
		d = diag.WithNote(d, p.at, "%s", p.what)
	}
	return diag.WithNote(d, from, "the circle closes here")
}

func unknown(at hcl.Range, what, name string, candidates []string) *hcl.Diagnostic {
	d := diag.New("unknown-reference", at, what)
	if near, ok := diag.Suggest(name, candidates); ok {
		d = diag.WithHint(d, "Did you mean %q?", near)
	} else if len(candidates) > 0 && len(candidates) <= 12 {
		d = diag.WithHint(d, "There is: %s.", strings.Join(candidates, ", "))
	}
	return d
}

func keysOf[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// walk takes the steps of a traversal from v.
func (s *scope) walk(v cty.Value, steps hcl.Traversal) (cty.Value, hcl.Diagnostics) {
	for len(steps) > 0 {
		if !v.IsKnown() {
			return cty.DynamicVal, nil
		}
		var diags hcl.Diagnostics
		if in, ok := namesIn(v, steps); ok {
			v, diags = s.eval.entity(&in, steps[1])
			steps = steps[2:]
		} else {
			v, diags = s.step(v, steps[0])
			steps = steps[1:]
		}
		if diags.HasErrors() {
			return cty.DynamicVal, diags
		}
	}
	return v, nil
}

// namesIn is the namespace that the first of two steps from a reference leads
// to: in account.A.stream.S, the streams of A.
func namesIn(v cty.Value, steps hcl.Traversal) (namespace, bool) {
	if len(steps) < 2 || v.Type() != refType || v.IsNull() {
		return namespace{}, false
	}
	h := v.EncapsulatedValue().(*Head)
	a, ok := steps[0].(hcl.TraverseAttr)
	if !ok || !slices.Contains(members[h.Kind], Kind(a.Name)) {
		return namespace{}, false
	}
	return namespace{kind: Kind(a.Name), owner: h, names: &h.names}, true
}

// stepRange is where a step's name stands, without the dot before it.
func stepRange(st hcl.Traverser) hcl.Range {
	at := st.SourceRange()
	if a, ok := st.(hcl.TraverseAttr); ok && at.End.Byte-at.Start.Byte == len(a.Name)+1 {
		at.Start.Byte++
		at.Start.Column++
	}
	return at
}

// inside is what an object or a family has by a key; false where there is none.
func inside(v cty.Value, key string) (cty.Value, bool) {
	if v.Type().IsObjectType() && !v.IsNull() && v.IsKnown() && !v.IsMarked() && v.Type().HasAttribute(key) {
		return v.GetAttr(key), true
	}
	if isFamily(v) {
		if x := cty.StringVal(key); v.HasIndex(x).True() {
			return v.Index(x), true
		}
	}
	return cty.NilVal, false
}

// isFamily reports that v is a map of references, or of modules.
func isFamily(v cty.Value) bool {
	t := v.Type()
	return isFamilyType(t) && !v.IsNull() && v.IsKnown() && !v.IsMarked()
}

func isFamilyType(t cty.Type) bool {
	return t.IsMapType() && (t.ElementType() == refType || t.ElementType() == moduleType)
}

// step takes one step from v.
func (s *scope) step(v cty.Value, st hcl.Traverser) (cty.Value, hcl.Diagnostics) {
	switch v.Type() {
	case refType:
		return s.eval.member(v.EncapsulatedValue().(*Head), st)
	case namespaceType:
		return s.eval.entity(v.EncapsulatedValue().(*namespace), st)
	case moduleType:
		return v.EncapsulatedValue().(*scope).moduleMember(s.eval, st, stepRange(st))
	case familyModType:
		return v.EncapsulatedValue().(*moduleFamily).instance(st, stepRange(st))
	}
	key, named := stepName(st)
	if named {
		if x, ok := inside(v, key); ok {
			return x, nil
		}
	}
	at := stepRange(st)
	if named && isFamily(v) {
		// Name the nearest key rather than list ten thousand.
		return cty.DynamicVal, hcl.Diagnostics{unknown(at, fmt.Sprintf("instance %q in this family", key), key, keysOf(v.AsValueMap()))}
	}
	var out cty.Value
	var diags hcl.Diagnostics
	switch st := st.(type) {
	case hcl.TraverseIndex:
		out, diags = hcl.Index(v, st.Key, at.Ptr())
	default:
		out, diags = st.TraversalStep(v)
	}
	if diags.HasErrors() {
		if named && v.Type().IsObjectType() {
			return cty.DynamicVal, hcl.Diagnostics{unknown(at, fmt.Sprintf("attribute %q here", key), key, keysOf(v.Type().AttributeTypes()))}
		}
	}
	return out, diags
}

// expression evaluates e and gives HCL's own complaints our form.
func expression(e hclsyntax.Expression, ctx *hcl.EvalContext) (cty.Value, hcl.Diagnostics) {
	v, diags := e.Value(ctx)
	if diags.HasErrors() {
		diags = adopt("bad-expression", diags)
		if s := scopeOf(ctx); s != nil && s.eval.touched {
			withhold(diags)
		}
		return cty.DynamicVal, diags
	}
	if isGiven(e) {
		return v, adopt("bad-expression", diags)
	}
	if why := tooMuch(v); why != "" {
		return cty.DynamicVal, hcl.Diagnostics{overSize(e.Range(), why)}
	}
	return v, adopt("bad-expression", diags)
}

// measured are the first names of values that were measured where they were
// made: of local.x or of each.value, and so their parts.
var measured = map[string]bool{"local": true, "each": true}

// isGiven reports that an expression only names such a value, or a part of one.
func isGiven(e hclsyntax.Expression) bool {
	switch e := e.(type) {
	case *nameExpr:
		return measured[e.Traversal.RootName()]
	case *stepsExpr:
		return isGiven(e.Source)
	case *indexExpr:
		return isGiven(e.Collection)
	}
	return false
}
