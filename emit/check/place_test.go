package check

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// A lock may be a stranger's: what one finding costs does not grow with it.
func TestEntry(t *testing.T) {
	var lock bytes.Buffer
	lock.WriteString("{\n  \"keys\": {\n")
	for i := range 10_000 {
		fmt.Fprintf(&lock, "    \"account/ä%d\": \"A\",\n", i)
	}
	lock.WriteString("    \"last\": \"A\"\n  }\n}\n")
	c := &checker{Input: Input{LockData: lock.Bytes(), LockPath: "t.lock.json"}}
	for id, want := range map[string]hcl.Range{
		"account/ä7": {Start: hcl.Pos{Line: 10, Column: 5}, End: hcl.Pos{Line: 10, Column: 22}},
		"last":       {Start: hcl.Pos{Line: 10_003, Column: 5}, End: hcl.Pos{Line: 10_003, Column: 16}},
		"none":       {},
	} {
		want.Filename = "t.lock.json"
		if got := c.entry("keys", id); got != want {
			t.Errorf("%s is at %v, want %v", id, got, want)
		}
	}
	if n := testing.AllocsPerRun(10, func() { c.entry("keys", "last") }); n > 0 {
		t.Errorf("a finding allocates %v times", n)
	}
}
