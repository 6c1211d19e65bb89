package verify

import (
	"os"
	"testing"

	"jsc/compiler"
	"jsc/schema"
)

// BenchmarkSourcing proves examples/sourcing with 100,000 messages of 256 bytes
// through each of its shares. copied/s is how many messages a second go from
// the publisher into the stream of the one account and on into that of the
// other, until all are stored in both.
func BenchmarkSourcing(b *testing.B) {
	const messages, size = 100_000, 256
	load := func() *compiler.Topology {
		config, diags := schema.Load(schema.Options{Tree: os.DirFS("../../examples/sourcing"), Path: "topology.hcl"})
		if diags.HasErrors() {
			b.Fatal(diags)
		}
		t, diags := compiler.Compile(config, nil)
		if diags.HasErrors() {
			b.Fatal(diags)
		}
		return t
	}
	for _, s := range load().Shares {
		b.Run(s.Kind.Name, func(b *testing.B) {
			var seconds float64
			for b.Loop() {
				r, err := Run(b.Context(), load(), Options{Shares: []string{s.Name}, Messages: messages, Size: size})
				if err != nil {
					b.Fatal(err)
				}
				if !r.OK() {
					b.Fatalf("not all proved:\n%s", table(b, r))
				}
				seconds += rowOf(r, "fc").Duration.Seconds()
			}
			b.ReportMetric(messages*float64(b.N)/seconds, "copied/s")
		})
	}
}
