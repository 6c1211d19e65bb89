package compiler_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"jsc/compiler"
	"jsc/schema"
)

// BenchmarkStreams compiles 1,000 accounts of three streams and a bucket with
// two consumers each: 4,000 streams, 6,000 consumers.
func BenchmarkStreams(b *testing.B) {
	text := fmt.Sprintf(`operator "O" {}

account "tenant" {
  for_each = toset([for i in range(%d) : tostring(i)])
  jetstream {}
  stream "S" {
    for_each  = toset(["a", "b", "c"])
    subjects  = ["${each.key}.>", "other.${each.key}"]
    max_bytes = "1MiB"
    max_age   = "30d"
    consumer "PULL" { filter_subject = "${each.key}.x" }
    consumer "PUSH" {
      deliver_subject = "to.push"
      idle_heartbeat  = "5s"
      flow_control    = true
    }
  }
  key_value "b" {}
}
`, 1000)
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl"})
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, diags := compiler.Compile(config, nil); diags.HasErrors() {
			b.Fatal(diags)
		}
	}
}
