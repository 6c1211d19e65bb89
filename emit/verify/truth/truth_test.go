package truth

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// generator draws topologies of one kind and gives them to the server.
type generator struct {
	name  string
	share int // of a hundred cases
	draw  func(*rand.Rand) *node
	// ask gives a topology that jsc has compiled, with or without mistakes, to the
	// server and returns what the server refuses, drops or changes, by block.
	ask func(w *world, tree *node, v *verdict, turn int) map[*node]string
}

// verdict is what jsc says.
type verdict struct {
	topology *compiler.Topology
	plan     *emit.Plan // what a build of it signs; nil where it is refused
	mistakes []mistake
}

// says reports that jsc has a mistake of a rule.
func (v *verdict) says(rule string) bool {
	return slices.ContainsFunc(v.mistakes, func(m mistake) bool { return m.rule == rule })
}

// mistake is an error of jsc's, with the block that it is laid to.
type mistake struct {
	rule, text string
	at         *node
}

func (m mistake) String() string { return m.rule + ": " + m.text }

var generators = []generator{
	{"streams", 30, drawStreams, ask},
	{"consumers", 30, drawConsumers, ask},
	{"accounts", 19, drawAccounts, ask},
	{"imports", 19, drawImports, ask},
	{"shares", 2, drawShares, prove},
}

// TestTruth: see the package's documentation.
func TestTruth(t *testing.T) {
	cases, from := fromEnv(t, "JSC_TRUTH", 2400), fromEnv(t, "JSC_TRUTH_FROM", 0)
	for _, g := range generators {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			r := &run{generator: g, t: t, rules: map[string]int{}, excused: map[string]int{}}
			defer r.renew()
			n := max(1, cases*g.share/100)
			for i := range n {
				r.try(from + i)
			}
			if n > 40 && (r.taken*10 < n || r.refused*10 < n) {
				t.Errorf("of %d cases %d are taken and %d refused: they say little", n, r.taken, r.refused)
			}
			t.Logf("%d cases: jsc and the server both take %d and both refuse %d; jsc alone refuses %d, as its rules say; %d disagreements",
				n, r.taken, r.refused, r.stricter, r.disagreements)
			t.Logf("rules that refused: %s", counts(r.rules))
			t.Logf("rules that are stricter: %s", counts(r.excused))
		})
	}
}

func fromEnv(t *testing.T, name string, def int) int {
	text := cmp.Or(os.Getenv(name), strconv.Itoa(def))
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		t.Fatalf("%s=%s is no number of cases", name, text)
	}
	return n
}

func counts(m map[string]int) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, fmt.Sprintf("%s %d", name, m[name]))
	}
	return strings.Join(out, ", ")
}

// run is a generator's cases, one after the other.
type run struct {
	generator
	t        *testing.T
	world    *world
	asked    int // of this world
	number   int // the case
	attempts int // of the case

	taken, refused, stricter, disagreements int
	rules, excused                          map[string]int
}

// mostAsked is after how many topologies there is a new server.
const mostAsked = 400

// renew ends the server.
func (r *run) renew() {
	if r.world != nil {
		r.world.close()
	}
	r.world, r.asked = nil, 0
}

// try judges a case, and parts of it.
func (r *run) try(number int) {
	r.number, r.attempts = number, 0
	tree := r.draw(rand.New(rand.NewPCG(uint64(number), 7)))
	for _, part := range r.judge(tree, true) {
		r.judge(part, false)
	}
}

// judge compares jsc with the server on one topology, and returns the parts of
// it that are worth a judgement of their own: without what is wrong, and each
// mistake alone that the server did not see.
func (r *run) judge(tree *node, count bool) (parts []*node) {
	if !tree.whole() {
		return nil
	}
	v, refused := r.both(tree)
	if why := disagreement(v, refused); why != "" {
		r.disagreements++
		small, text := r.shrink(tree, why)
		r.t.Errorf("case %d: %s\n%s", r.number, text, small.hcl())
		return nil
	}
	if count {
		r.count(v, refused)
	}
	if len(v.mistakes) == 0 {
		return nil
	}
	wrong := make(map[*node]bool)
	for _, m := range v.mistakes {
		wrong[m.at] = true
	}
	if wrong[nil] {
		return nil
	}
	parts = append(parts, tree.without(func(b *node) bool { return wrong[b] }, nil))
	for _, m := range v.mistakes {
		if _, seen := refused[m.at]; !seen && len(wrong) > 1 {
			parts = append(parts, tree.without(func(b *node) bool { return wrong[b] && !b.holds(m.at) }, nil))
		}
	}
	return parts
}

// whole reports that another party's accounts have exports: jsc takes one
// without any to have some that it does not know.
func (n *node) whole() bool {
	return !slices.ContainsFunc(n.of("account"), func(a *node) bool { return a.bool("external", false) && len(a.of("export")) == 0 })
}

// holds reports that a block is in n, or is n.
func (n *node) holds(b *node) bool {
	return n == b || slices.ContainsFunc(n.blocks, func(c *node) bool { return c.holds(b) })
}

func (r *run) count(v *verdict, refused map[*node]string) {
	for _, m := range v.mistakes {
		r.rules[m.rule]++
	}
	switch {
	case len(v.mistakes) == 0:
		r.taken++
	case len(refused) > 0:
		r.refused++
	default:
		r.stricter++
		for _, m := range v.mistakes {
			r.excused[m.rule]++
		}
	}
}

// both asks jsc and the server.
func (r *run) both(tree *node) (*verdict, map[*node]string) {
	if r.world == nil || r.asked >= mostAsked {
		r.renew()
		r.world = newWorld(r.t)
	}
	v, refused := r.once(tree, r.number)
	for turn := 1; len(refused) == 0 && turn < len(tree.of("account")) && v.says("import-cycle"); turn++ {
		v, refused = r.once(tree, r.number+turn)
	}
	return v, refused
}

// once asks them with keys of which the server has none yet.
func (r *run) once(tree *node, turn int) (*verdict, map[*node]string) {
	w := r.world
	w.salt = fmt.Sprintf("%d.%d", r.number, r.attempts)
	r.asked++
	r.attempts++
	v := compile(w, tree)
	w.log.take()
	refused := r.ask(w, tree, v, turn)
	w.hangUp()
	return v, refused
}

// compile is jsc's verdict.
func compile(w *world, tree *node) *verdict {
	files := fstest.MapFS{"t.hcl": {Data: []byte(w.fill(tree))}}
	keys := func(id string) (string, bool) { return w.public(id), true }
	config, diags := schema.Load(schema.Options{Tree: files, Path: "t.hcl", Keys: keys})
	topology, more := compiler.Compile(config, keys)
	v := &verdict{topology: topology}
	diags = append(diags, more...)
	if !diags.HasErrors() {
		v.plan, diags = emit.NewPlan(topology, lock.New(), now)
		diags = append(diags, emit.ExpiredImports(topology, now)...)
	}
	for _, d := range diag.Sort(diags) {
		if d.Severity != hcl.DiagError {
			continue
		}
		m := mistake{rule: diag.Of(d).Rule.Name, text: d.Summary}
		if d.Subject != nil {
			m.at = tree.at(d.Subject.Start.Line)
		}
		v.mistakes = append(v.mistakes, m)
	}
	return v
}

// now is when all tokens are issued: a moment ago, so that none is of the
// future.
var now = time.Now().Unix() - 1

// disagreement says how jsc and the server disagree; "" where they do not. Its
// first word tells disagreements of one topology apart.
func disagreement(v *verdict, refused map[*node]string) string {
	if len(v.mistakes) == 0 {
		var all []string
		for n, why := range refused {
			all = append(all, fmt.Sprintf("%s %q: %s", n.kind, n.label, why))
		}
		if len(all) == 0 {
			return ""
		}
		slices.Sort(all)
		return "taken by jsc, and the server says: " + strings.Join(all, "; ")
	}
	if len(refused) > 0 {
		return ""
	}
	for _, m := range v.mistakes {
		if m.rule == "import-without-export" && (v.says("export-overlap") || v.says("share-public-private")) {
			continue // the server finds either export, at random
		}
		if excuse(m) == "" {
			return m.rule + " is what jsc says, and the server takes it: " + m.text
		}
	}
	return ""
}

// shrink is the smallest topology that still shows the disagreement.
func (r *run) shrink(tree *node, why string) (*node, string) {
	kind, _, _ := strings.Cut(why, " ")
	for again := true; again; {
		again = false
		for small := range tree.smaller {
			if !small.whole() {
				continue
			}
			v, refused := r.both(small)
			if is := disagreement(v, refused); strings.HasPrefix(is, kind+" ") {
				tree, why, again = small, is, true
				break
			}
		}
	}
	return tree, why
}
