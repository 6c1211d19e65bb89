package diff

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"jsc/compiler"
)

// Every word of the compiler's tables about updates has an outcome, every event
// an effect.
func TestTablesAreWhole(t *testing.T) {
	words := map[compiler.Update]bool{}
	for _, f := range compiler.StreamFields {
		words[f.Update] = true
	}
	for _, f := range compiler.ConsumerFields {
		words[f.Update] = true
	}
	for w := range words {
		if outcomes[w] == nil {
			t.Errorf("no outcome for %q", w)
		}
	}
	for w := range outcomes {
		if !words[w] {
			t.Errorf("no field is updated as %q", w)
		}
	}
	for e, x := range effects {
		if len(x.impacts) == 0 {
			t.Errorf("%s has no impact", e)
		}
	}
}

// A report is the same every time, and its JSON has every list.
func TestReportIsStable(t *testing.T) {
	changed := strings.Replace(topology, `disk = "1GiB"`, `disk = "2GiB"`, 1) + "account \"NEW\" {}\naccount \"OLD\" {}\n"
	first := compare(t, topology, changed, 100)
	for range 5 {
		if again := compare(t, topology, changed, 100); !reflect.DeepEqual(first, again) {
			t.Fatalf("%v\n%v", first, again)
		}
	}
	var b bytes.Buffer
	if err := first.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Error(b.String())
	}
}

// The examples' topologies compare with themselves as the same.
func TestExamplesAreTheirOwn(t *testing.T) {
	data, err := os.ReadFile("../../examples/order-events/topology.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if r := compare(t, string(data), string(data), 100); !r.Empty() || len(r.LocalSubjects) > 0 {
		t.Error(fmt.Sprint(r))
	}
}
