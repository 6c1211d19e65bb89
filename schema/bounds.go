package schema

import (
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"

	"jsc/schema/diag"
)

// Bounds limit what one topology may cost: a topology from a pull request is
// a stranger's program.
type Bounds struct {
	Time     time.Duration // of load as a whole
	Heap     uint64        // bytes in use
	Entities int           // instances of blocks with a label
}

// DefaultBounds are ample for 10,000 tenants.
var DefaultBounds = Bounds{Time: 60 * time.Second, Heap: 2 << 30, Entities: 250_000}

// overLimit ends an evaluation from deep inside it; watch turns it into a
// diagnostic. Nothing else panics with it.
type overLimit struct {
	at  hcl.Range
	why string
}

// count counts one more entity.
func (e *evaluator) count(at hcl.Range) {
	if e.made++; e.made > e.bounds.Entities {
		panic(overLimit{at, fmt.Sprintf("the topology makes more than %d entities", e.bounds.Entities)})
	}
}

// watch runs a load within its bounds. When time or memory runs out the work is
// abandoned where it stands: the caller is to say so and end.
func watch(o Options, load func(Options) (*Config, hcl.Diagnostics)) (*Config, hcl.Diagnostics) {
	type result struct {
		config *Config
		diags  hcl.Diagnostics
	}
	done := make(chan result, 1)
	go func() {
		defer func() {
			switch p := recover().(type) {
			case nil:
			case overLimit:
				done <- result{&Config{}, hcl.Diagnostics{diag.New("evaluation-limit", p.at, p.why)}}
			default:
				panic(p)
			}
		}()
		c, diags := load(o)
		done <- result{c, diags}
	}()
	deadline := time.NewTimer(o.Bounds.Time)
	defer deadline.Stop()
	look := time.NewTicker(50 * time.Millisecond)
	defer look.Stop()
	heap := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	stop := func(why string) (*Config, hcl.Diagnostics) {
		return &Config{}, hcl.Diagnostics{diag.New("evaluation-limit", hcl.Range{}, why)}
	}
	for {
		select {
		case r := <-done:
			return r.config, r.diags
		case <-deadline.C:
			return stop(fmt.Sprintf("the topology takes more than %s to evaluate", o.Bounds.Time))
		case <-look.C:
			if metrics.Read(heap); heap[0].Value.Uint64() > o.Bounds.Heap {
				return stop(fmt.Sprintf("the topology takes more than %d MiB to evaluate", o.Bounds.Heap>>20))
			}
		}
	}
}

// rangeFunc is range with an end.
var rangeFunc = function.New(&function.Spec{
	VarParam: &function.Parameter{Name: "bounds", Type: cty.Number},
	Type:     function.StaticReturnType(cty.List(cty.Number)),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		if len(args) == 0 || len(args) > 3 {
			return cty.NilVal, fmt.Errorf("range takes one, two or three numbers")
		}
		var b [3]float64
		for i, a := range args {
			b[i], _ = a.AsBigFloat().Float64()
		}
		from, to, by := 0.0, b[0], 1.0
		if len(args) > 1 {
			from, to = b[0], b[1]
			if to < from {
				by = -1
			}
		}
		if len(args) > 2 {
			by = b[2]
		}
		if by != 0 && (to-from)/by > maxRange {
			return cty.NilVal, fmt.Errorf("more than %d numbers", maxRange)
		}
		return stdlib.Range(args...)
	},
})
