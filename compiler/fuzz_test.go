package compiler_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// FuzzCompile holds that no topology makes the compiler panic or hang, that
// what it says is of the table, and that it says the same a second time.
func FuzzCompile(f *testing.F) {
	files, err := filepath.Glob("../testdata/errors/*.hcl")
	if err != nil || len(files) == 0 {
		f.Fatalf("no fixtures: %v", err)
	}
	for _, name := range append(files, "../examples/order-events/topology.hcl") {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	bounds := schema.Bounds{Time: 10 * time.Second, Heap: 1 << 30, Entities: 2000}
	f.Fuzz(func(t *testing.T, src []byte) {
		var said [2][]string
		for turn := range said {
			config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: src}}, Path: "t.hcl", Bounds: bounds})
			topology, more := compiler.Compile(config, nil)
			if topology == nil {
				t.Fatal("no topology")
			}
			for _, d := range diag.Sort(append(diags, more...)) {
				said[turn] = append(said[turn], d.Error()+diag.Of(d).Rule.Name)
			}
		}
		if len(said[0]) != len(said[1]) {
			t.Fatalf("%d diagnostics, then %d", len(said[0]), len(said[1]))
		}
		for i := range said[0] {
			if said[0][i] != said[1][i] {
				t.Fatalf("first %s, then %s", said[0][i], said[1][i])
			}
		}
	})
}
