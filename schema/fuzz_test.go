package schema

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	ctyyaml "github.com/zclconf/go-cty-yaml"

	"jsc/schema/diag"
)

// fuzzBounds are tight, so that what costs too much is found quickly.
var fuzzBounds = Bounds{Time: 10 * time.Second, Heap: 1 << 30, Entities: 2000}

// seedCorpus adds the fixtures and examples of this repository.
func seedCorpus(f *testing.F, folders ...string) {
	f.Helper()
	for _, dir := range folders {
		entries, err := os.ReadDir(dir)
		if err != nil {
			f.Fatal(err)
		}
		for _, e := range entries {
			if !strings.HasSuffix(e.Name(), ".hcl") {
				continue
			}
			data, err := os.ReadFile(dir + "/" + e.Name())
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
}

// sound holds what is true of every load: it ends well within its time, each
// diagnostic is of the table and points into a file that was read, and what is
// not usable has been said to be.
func sound(t *testing.T, c *Config, diags hcl.Diagnostics) {
	t.Helper()
	for _, d := range diags {
		if diag.Of(d) == nil {
			t.Fatalf("a diagnostic without a rule: %v", d)
		}
		if strings.Contains(d.Summary, "takes more than") {
			t.Fatalf("no end: %s", d.Summary)
		}
		if d.Subject != nil && d.Subject.Start.Byte > len(c.Sources[d.Subject.Filename]) && len(c.Sources) > 0 {
			t.Fatalf("%s is not in its file: %s", d.Subject, d.Summary)
		}
	}
	if diags.HasErrors() {
		return
	}
	for _, a := range c.Accounts {
		if a.Description.Invalid() || a.nameAt != nil && a.nameAt.invalid {
			t.Fatalf("%s has an attribute that cannot be used, and nothing said why", a.Address())
		}
	}
}

func FuzzLoad(f *testing.F) {
	seedCorpus(f, "../examples/order-events", "../testdata/errors")
	f.Add([]byte(tenants))
	f.Fuzz(func(t *testing.T, src []byte) {
		tree := fstest.MapFS{
			"t.hcl": {Data: src}, "m/m.hcl": {Data: []byte("variable \"v\" { default = 1 }\noutput \"o\" { value = var.v }\naccount \"M\" {}")},
			"x.csv": {Data: []byte("name,plan\nacme,gold\n")}, "x.tmpl": {Data: []byte("${v}%{ for x in [1] }x%{ endfor }")},
		}
		if shallow(src) && nesting("t.hcl", src, hclsyntax.LexConfig).HasErrors() {
			t.Fatal("it looks shallow, and is not")
		}
		c, diags := Load(Options{Tree: tree, Path: "t.hcl", Bounds: fuzzBounds})
		sound(t, c, diags)
	})
}

func FuzzLoadJSON(f *testing.F) {
	f.Add([]byte(`{"account": {"A": {"stream": {"S": {"subjects": ["a.>"], "consumer": {"C": {}}}}}, "B": {}}, "share": {"s": {"consumer": "${account.A.stream.S.consumer.C}", "to": {"B": {}}}}}`))
	f.Add([]byte(`{"//": "note", "variable": {"v": {"type": "list(string)", "default": ["a"]}}, "locals": [{"x": "${var.v[0]}"}], "account": {"t": {"for_each": "${toset(var.v)}", "name": "${each.key}"}}}`))
	f.Add([]byte(`{"account": {"A": {"dynamic": {"user": {"for_each": [1], "labels": ["u${user.key}"], "iterator": "user", "content": {"bearer": true}}}}}}`))
	f.Add([]byte(`{"module": {"m": {"source": "./m", "v": {"a": [null, 1e9, "%{ if true }x%{ endif }"]}}}, "output": {"o": {"value": "${module.m.o}"}}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		tree := fstest.MapFS{"t.hcl.json": {Data: src}, "m/m.hcl": {Data: []byte("variable \"v\" { default = 1 }\noutput \"o\" { value = var.v }")}}
		c, diags := Load(Options{Tree: tree, Path: "t.hcl.json", Bounds: fuzzBounds})
		sound(t, c, diags)
	})
}

// FuzzYAMLNesting holds that what the guard lets through is decoded, or
// refused, and does not overflow the stack.
func FuzzYAMLNesting(f *testing.F) {
	for _, s := range []string{"a: [1, {b: 'it''s'}]\n", "- - - x\n- \"a\\\"]\"\n", "a: |\n  text [\n  \"\nb: &x 1\nc: *x\n", "? a\n: - b # [\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		// Much of the same finds depth that a short text cannot have.
		for _, src := range []string{text, strings.Repeat(text, 400)} {
			if yamlNesting(src) == nil {
				ctyyaml.Standard.ImpliedType([]byte(src)) // to come back is all that is asked
			}
		}
	})
}
