package diag

import (
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// at is a place three columns wide.
func at(file string, line, column int) hcl.Range {
	return hcl.Range{Filename: file,
		Start: hcl.Pos{Line: line, Column: column}, End: hcl.Pos{Line: line, Column: column + 3}}
}

// show is a list of diagnostics in a form that is easy to compare.
func show(diags hcl.Diagnostics) string {
	var b strings.Builder
	for _, d := range diags {
		p := place(d)
		fmt.Fprintf(&b, "%s:%d:%d %s %s", p.Filename, p.Start.Line, p.Start.Column, ruleName(d), d.Summary)
		if x := Of(d); x != nil && x.More > 0 {
			fmt.Fprintf(&b, " +%d", x.More)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestSort(t *testing.T) {
	lowered := New("share-consumer-create", at("a.hcl", 9, 1), "s", "ACCTB", "S", "A")
	lowered.Severity = hcl.DiagWarning
	wide := at("a.hcl", 3, 5)
	wide.End.Column += 10
	native := func(summary string) *hcl.Diagnostic {
		return &hcl.Diagnostic{Severity: hcl.DiagError, Summary: summary, Subject: at("c.hcl", 1, 1).Ptr()}
	}
	in := hcl.Diagnostics{
		New("bad-size", at("b.hcl", 1, 1), "x"),
		New("bad-size", at("a.hcl", 10, 1), "x"),
		New("bad-size", at("a.hcl", 3, 10), "x"),
		New("bad-time", at("a.hcl", 3, 5), "x"),
		New("bad-size", at("a.hcl", 3, 5), "x"),
		New("bad-size", at("a.hcl", 3, 5), "x"), // twice
		New("bad-size", wide, "x"),              // another place
		// A family: the first key, and how many more.
		New("user-unrestricted", at("a.hcl", 7, 3), "u-3", "A"),
		New("user-unrestricted", at("a.hcl", 7, 3), "u-1", "A"),
		New("user-unrestricted", at("a.hcl", 7, 3), "u-2", "A"),
		New("user-unrestricted", at("a.hcl", 7, 3), "u-2", "A"),
		// Known instances count though they say the same; their keys give the order.
		WithInstance(New("bad-size", at("a.hcl", 7, 5), "1q"), "t.c"),
		WithInstance(New("bad-size", at("a.hcl", 7, 5), "3q"), "t.b"),
		WithInstance(New("bad-size", at("a.hcl", 7, 5), "1q"), "t.c"),
		WithInstance(New("bad-size", at("a.hcl", 7, 5), "1q"), "t.d"),
		// Two validations of a variable, which two instances do not hold to.
		WithNote(New("variable-validation", at("a.hcl", 7, 9), "two"), at("a.hcl", 2, 1), "it must hold to this"),
		WithNote(New("variable-validation", at("a.hcl", 7, 9), "one-b"), at("a.hcl", 1, 1), "it must hold to this"),
		WithNote(New("variable-validation", at("a.hcl", 7, 9), "one-a"), at("a.hcl", 1, 1), "it must hold to this"),
		// Two mistakes of one block, which is not a family.
		New("missing-attribute", at("a.hcl", 8, 1), "import", "stream"),
		New("missing-attribute", at("a.hcl", 8, 1), "import", "from"),
		New("missing-attribute", at("a.hcl", 8, 1), "import", "from"),
		// An instance whose mistake is only a warning hides no error.
		lowered,
		New("share-consumer-create", at("a.hcl", 9, 1), "s", "STRANGER", "S", "A"),
		// Without a line nothing is a family's.
		New("artifact-stale", hcl.Range{Filename: "out/b.jwt"}, "two"),
		New("artifact-stale", hcl.Range{Filename: "out/b.jwt"}, "one"),
		New("key-missing", hcl.Range{}, "two"),
		New("key-missing", hcl.Range{}, "one"),
		New("key-missing", hcl.Range{}, "one"),
		native("two"), native("one"), native("one"),
	}
	want := `:0:0 key-missing one
:0:0 key-missing two
a.hcl:3:5 bad-size "x" is not a size
a.hcl:3:5 bad-time "x" is not a time
a.hcl:3:5 bad-size "x" is not a size
a.hcl:3:10 bad-size "x" is not a size
a.hcl:7:3 user-unrestricted user "u-1" may do everything in account "A" +2
a.hcl:7:5 bad-size "3q" is not a size +2
a.hcl:7:9 variable-validation one-a +1
a.hcl:7:9 variable-validation two
a.hcl:8:1 missing-attribute import needs the attribute "from"
a.hcl:8:1 missing-attribute import needs the attribute "stream"
a.hcl:9:1 share-consumer-create share "s" lets STRANGER create consumers on S, which is the right to publish to any subject of A
a.hcl:9:1 share-consumer-create share "s" lets ACCTB create consumers on S, which is the right to publish to any subject of A
a.hcl:10:1 bad-size "x" is not a size
b.hcl:1:1 bad-size "x" is not a size
c.hcl:1:1  one
c.hcl:1:1  two
out/b.jwt:0:0 artifact-stale one
out/b.jwt:0:0 artifact-stale two
`
	before := show(in)
	for range 50 {
		shuffled := append(hcl.Diagnostics(nil), in...)
		rand.Shuffle(len(shuffled), reflect.Swapper(shuffled))
		sorted := Sort(shuffled)
		if got := show(sorted); got != want {
			t.Fatalf("got\n%swant\n%s", got, want)
		}
		if again := show(Sort(sorted)); again != want {
			t.Fatalf("sorted again\n%s", again)
		}
	}
	if after := show(in); after != before {
		t.Errorf("Sort changed its input to\n%s", after)
	}
}

func TestSortOfNone(t *testing.T) {
	if got := Sort(nil); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}
