package schema

import (
	"maps"
	"reflect"
	"slices"
	"sync/atomic"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/parallel"
)

// A family of many instances is worked out on all processors: each of its
// branches is an evaluator for some of the instances, with a scope to look names
// up in. What its expressions name of locals, variables and modules' outputs the
// trunk works out before.
//
// What is said, and where a value was asked for first, would depend on who is
// faster. So a topology of which anything is to be said is loaded again by a
// trunk alone.

const (
	// manyInstances is from how many instances on a family has branches.
	manyInstances = 256
	// branchCount is how many it has, whatever the number of processors.
	branchCount = 16
)

// load loads a topology, again without branches where they cannot.
func load(o Options, givenUp *atomic.Bool) (*Config, hcl.Diagnostics) {
	if c, diags, ok := try(o, givenUp); ok {
		return c, diags
	}
	return loadBy(newEvaluator(o, givenUp), o)
}

// try loads a topology with branches; false when they cannot.
func try(o Options, givenUp *atomic.Bool) (c *Config, diags hcl.Diagnostics, ok bool) {
	e := newEvaluator(o, givenUp)
	e.mayBranch = true
	defer func() {
		switch p := recover().(type) {
		case nil:
		case alone:
		case overLimit:
			if len(e.branches) == 0 {
				panic(p)
			}
		default:
			panic(p)
		}
	}()
	c, diags = loadBy(e, o)
	return c, diags, len(diags) == 0 || len(e.branches) == 0
}

// alone ends an evaluation that has to be done again without branches.
type alone struct{}

// branched is a family whose instances branches have.
type branched struct {
	scope    *scope
	template *template
}

// branchesOf are the scopes in which the families of s are worked out.
func (e *evaluator) branchesOf(s *scope) []*scope {
	if s.branches == nil {
		for range branchCount {
			b := *s
			b.eval = &evaluator{
				isBranch: true, keys: e.keys, files: e.files, bounds: e.bounds,
				secrets: map[string]bool{}, givenUp: e.givenUp, made: e.made,
			}
			b.ctx = &hcl.EvalContext{
				Variables: map[string]cty.Value{scopeVar: cty.CapsuleVal(scopeType, &b)},
				Functions: e.functions(&b),
			}
			b.eachCtx = eachContext(b.ctx, &b.eval.each)
			s.branches = append(s.branches, &b)
		}
		e.branches = append(e.branches, s.branches...)
	}
	return s.branches
}

// declareMany makes the instances of a family in its branches.
func (e *evaluator) declareMany(s *scope, n *block, bs *blockSpec, label string, into reflect.Value, f *instances) {
	elems := f.elems
	if n.nameAttr != nil {
		e.ask(s, n.nameAttr.expr)
	}
	e.ready(s, n.body)
	t := newTemplate(n)
	e.families = append(e.families, branched{s, t})
	list := grown(into.FieldByIndex(bs.index), len(elems))
	first := list.Len() - len(elems)
	branches := e.branchesOf(s)
	e.onBranches(branches, func(i int, b *scope) {
		from, to := i*len(elems)/branchCount, (i+1)*len(elems)/branchCount
		b.eval.work = slices.Grow(b.eval.work, (to-from)*n.entities())
		for k := from; k < to; k++ {
			b.eval.each = &elems[k]
			f.made[k] = b.eval.instance(n, label, nil, list.Index(first+k), b.eachCtx, &elems[k], t)
		}
	})
}

// entities is how many each of the block's instances makes, itself included, if
// each block makes one.
func (n *block) entities() int {
	count := 1
	for _, in := range n.body.labelled.blocks {
		count += in.entities()
	}
	return count
}

// fillTemplates works out what the instances that branches have are to share.
func (e *evaluator) fillTemplates() {
	for _, f := range e.families {
		e.fillTemplate(f.template, f.scope.ctx)
	}
}

// goOnBranches does with what branches have made what do does with one.
func (e *evaluator) goOnBranches(do func(e *evaluator, p pending)) {
	for _, f := range e.families {
		e.ready(f.scope, f.template.block.body)
	}
	e.onBranches(e.branches, func(_ int, b *scope) {
		for _, p := range b.eval.work {
			b.eval.each = p.each
			do(b.eval, p)
		}
	})
}

// onBranches calls work for branches on all processors.
func (e *evaluator) onBranches(branches []*scope, work func(i int, b *scope)) {
	var again atomic.Bool
	parallel.Do(len(branches), func(i int) {
		defer func() {
			switch p := recover().(type) {
			case nil:
			case overLimit: // the trunk comes to it again
				again.Store(true)
			default:
				panic(p)
			}
		}()
		b := branches[i]
		b.eval.now = e.now
		work(i, b)
		if len(b.eval.diags) > 0 {
			again.Store(true)
		}
	})
	if again.Load() {
		panic(alone{})
	}
	for _, b := range branches {
		maps.Copy(e.secrets, b.eval.secrets)
	}
	for _, b := range branches {
		maps.Copy(b.eval.secrets, e.secrets)
	}
}

// ready works out what a body's expressions, and those of what stands in it,
// name in this stratum.
func (e *evaluator) ready(s *scope, b *body) {
	for _, a := range b.strata[e.now] {
		e.ask(s, a.expr)
	}
	for _, n := range b.blocks {
		switch {
		case n.spec.entity:
			if early[n.kind] == (e.now == families) {
				e.askHeader(s, n)
			}
			e.ready(s, n.body)
		case e.now == therest:
			e.askAll(s, n)
		}
	}
}

// askHeader works out what decides which instances a block has.
func (e *evaluator) askHeader(s *scope, n *block) {
	for _, a := range []*attr{n.forEach, n.nameAttr} {
		if a != nil {
			e.ask(s, a.expr)
		}
	}
	if d := n.dynamic; d != nil {
		e.ask(s, d.forEach.expr)
		for _, x := range d.labels {
			e.ask(s, x)
		}
	}
}

// askAll works out what anything in a block names.
func (e *evaluator) askAll(s *scope, n *block) {
	e.askHeader(s, n)
	for _, a := range n.body.attrs {
		e.ask(s, a.expr)
	}
	for _, in := range n.body.blocks {
		e.askAll(s, in)
	}
}

// ask works out the locals, variables and outputs that an expression names.
func (e *evaluator) ask(s *scope, x hclsyntax.Expression) {
	hclsyntax.VisitAll(x, func(node hclsyntax.Node) hcl.Diagnostics {
		name, ok := node.(*nameExpr)
		if !ok {
			return nil
		}
		step, _ := nameAt(name.Traversal, 1)
		var l *lazy
		switch name.Traversal.RootName() {
		case "local":
			l = s.locals[step]
		case "var":
			l = s.vars[step]
		case "module":
			if f := s.modules[step]; f != nil && f.single != nil {
				output, _ := nameAt(name.Traversal, 2)
				l = f.single.outputs[output]
			}
		}
		if l != nil {
			e.force(l, name.Traversal.SourceRange())
		}
		return nil
	})
}
