package schema

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"

	"jsc/schema/diag"
)

// Bounds limit what one topology may cost: a topology from a pull request is
// a stranger's program.
type Bounds struct {
	Time     time.Duration // of load as a whole, and of what Within adds to it
	Heap     uint64        // bytes in use by the process
	Entities int           // instances of blocks with a label, and of modules
}

// DefaultBounds are ample for 10,000 tenants.
var DefaultBounds = Bounds{Time: 60 * time.Second, Heap: 2 << 30, Entities: 250_000}

// overLimit ends an evaluation from deep inside it, and is why work was given up.
// Nothing else panics with it.
type overLimit struct {
	at  hcl.Range
	why string
}

// in is the diagnostic; path is where the topology is, if nothing nearer is known.
func (o *overLimit) in(path string) *hcl.Diagnostic {
	if o.at.Filename == "" {
		o.at.Filename = path
	}
	return diag.New("evaluation-limit", o.at, o.why)
}

// count counts one more entity.
func (e *evaluator) count(at hcl.Range) {
	e.goOn()
	if e.made.Add(1) > int64(e.bounds.Entities) {
		panic(overLimit{at, fmt.Sprintf("the topology makes more than %d entities", e.bounds.Entities)})
	}
}

// goOn ends the evaluation once watch has given it up.
func (e *evaluator) goOn() {
	if e.givenUp.Load() {
		panic(overLimit{why: "given up"})
	}
}

// lookEvery is how often watch looks at the heap.
const lookEvery = 20 * time.Millisecond

// watch runs a load within its bounds. When time or memory runs out the work
// is given up: it ends at the next name or call that it evaluates.
func watch(o Options) (*Config, hcl.Diagnostics) {
	var (
		givenUp atomic.Bool
		c       *Config
		diags   hcl.Diagnostics
	)
	over, _ := o.Bounds.within(context.Background(), func() { c, diags = load(o, &givenUp) })
	if over != nil {
		givenUp.Store(true)
		return &Config{Sources: map[string][]byte{}}, hcl.Diagnostics{over.in(o.display(o.Path))}
	}
	return c, diags
}

// Within runs work, which goes on from a Load, under b's bounds of time and heap.
// At a bound, of which the diagnostic about the topology at path tells, or at the
// end of ctx it returns at once; the abandoned work keeps running, so the caller
// must not read what it writes.
func (b Bounds) Within(ctx context.Context, path string, work func()) (*hcl.Diagnostic, error) {
	over, err := b.within(ctx, work)
	if over == nil {
		return nil, err
	}
	return over.in(path), nil
}

func (b Bounds) within(ctx context.Context, work func()) (*overLimit, error) {
	type result struct {
		over *overLimit
		bug  *diag.Bug
	}
	done := make(chan result, 1)
	go func() {
		var r result
		defer func() {
			switch p := recover().(type) {
			case nil:
			case overLimit:
				r.over = &p
			default:
				r.bug = diag.Caught(p)
			}
			done <- r
		}()
		work()
	}()
	deadline := time.NewTimer(b.Time)
	defer deadline.Stop()
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	for {
		select {
		case r := <-done:
			if r.bug != nil {
				panic(r.bug)
			}
			return r.over, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-deadline.C:
			return &overLimit{why: fmt.Sprintf("the topology takes more than %s to evaluate", b.Time)}, nil
		case <-look.C:
			if metrics.Read(heap); heap[0].Value.Uint64() <= b.Heap {
				continue
			}
			// What nothing holds any more was counted too. To collect it takes
			// time, of which the evaluation is to have most.
			began := time.Now()
			runtime.GC()
			if metrics.Read(heap); heap[0].Value.Uint64() > b.Heap {
				return &overLimit{why: fmt.Sprintf("the topology takes more than %d MiB to evaluate", b.Heap>>20)}, nil
			}
			look.Reset(max(lookEvery, 10*time.Since(began)))
		}
	}
}

const (
	// maxValue is the most elements that a value may hold, those of elements
	// included. A list that holds a list twice, which holds a list twice and so
	// on takes no memory, but for ever to walk over.
	maxValue = 1 << 22
	// maxValueDepth is how deep collections may stand in each other.
	maxValueDepth = 512
	// maxExponent is the greatest power of two in a number: 1e999999999 is a
	// short text for one that takes a gigabyte to write out.
	maxExponent = 1 << 14
	// maxWaiting is how many values may wait for each other: local.a for
	// local.b for local.c.
	maxWaiting = 512
)

// tooMuch says why a value is too large to be worked with; "" when it is not.
func tooMuch(v cty.Value) string {
	room := maxValue
	return measure(v, maxValueDepth, &room)
}

// overSize is the diagnostic of a limit that no flag moves.
func overSize(at hcl.Range, why string) *hcl.Diagnostic {
	return diag.WithHint(diag.New("evaluation-limit", at, why), "Make it smaller: no flag raises this limit.")
}

func measure(v cty.Value, depth int, room *int) string {
	t := v.Type()
	switch {
	case v.IsNull() || !v.IsKnown():
	case t == cty.Number:
		return hugeNumber(v)
	case t == cty.String:
		if len(v.AsString()) > maxText {
			return fmt.Sprintf("a text is longer than %d MiB", maxText>>20)
		}
	case !v.CanIterateElements():
	case depth == 0:
		return fmt.Sprintf("a value is nested more than %d deep", maxValueDepth)
	default:
		for it := v.ElementIterator(); it.Next(); {
			if *room--; *room < 0 {
				return fmt.Sprintf("a value has more than %d elements", maxValue)
			}
			_, x := it.Element()
			if why := measure(x, depth-1, room); why != "" {
				return why
			}
		}
	}
	return ""
}

func hugeNumber(v cty.Value) string {
	if f := v.AsBigFloat(); f.IsInf() || max(f.MantExp(nil), -f.MantExp(nil)) > maxExponent {
		return "a number is too large, or too close to zero"
	}
	return ""
}
