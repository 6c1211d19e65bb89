package graph

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema"
)

var update = flag.Bool("update", false, "write testdata anew")

// compile compiles a topology that has no error.
func compile(t *testing.T, text string) *compiler.Topology {
	t.Helper()
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl"})
	topology, more := compiler.Compile(config, nil)
	for _, d := range append(diags, more...) {
		if d.Severity == hcl.DiagError {
			t.Fatalf("%s: %s", d.Subject, d.Summary)
		}
	}
	return topology
}

// TestFormats holds the picture of a topology with something of everything, in
// every format, to testdata.
func TestFormats(t *testing.T) {
	source, err := os.ReadFile("testdata/all.hcl")
	if err != nil {
		t.Fatal(err)
	}
	g := Of(compile(t, string(source)))
	for format, write := range Formats {
		var got bytes.Buffer
		if err := write(g, &got); err != nil {
			t.Fatal(err)
		}
		golden := "testdata/all." + format
		if *update {
			if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got.String()); diff != "" {
			t.Errorf("%s differs from %s (-want +got):\n%s", format, golden, diff)
		}
	}
}

// TestWhole holds that every account, stream and consumer is a node and every
// grant to somebody is in an edge whose ends are nodes.
func TestWhole(t *testing.T) {
	source, err := os.ReadFile("testdata/all.hcl")
	if err != nil {
		t.Fatal(err)
	}
	topology := compile(t, string(source))
	g := Of(topology)
	ids := map[string]bool{}
	for _, n := range g.Nodes {
		if ids[n.ID] {
			t.Errorf("two nodes are %s", n.ID)
		}
		ids[n.ID] = true
	}
	things := 1 // anybody
	for _, a := range topology.Accounts {
		things++
		for _, s := range a.Streams {
			things += 1 + len(s.Consumers)
		}
	}
	if len(g.Nodes) != things {
		t.Errorf("%d nodes, not %d", len(g.Nodes), things)
	}
	subjects := map[string]bool{}
	for _, e := range g.Edges {
		if !ids[e.From] || !ids[e.To] {
			t.Errorf("an edge leads from %s to %s", e.From, e.To)
		}
		for _, x := range e.Grants {
			subjects[e.Name+" "+x.Subject+" "+x.Local] = true
		}
	}
	for _, x := range topology.Grants {
		name := x.Name
		if x.Share != nil {
			name = x.Share.Name
		}
		if !subjects[name+" "+x.Subject+" "+x.Local] {
			t.Errorf("no edge has %s of %s", x.Subject, name)
		}
	}
}

// hostile are names that mean something to Graphviz, Mermaid, HTML or a
// terminal.
var hostile = []string{
	`quote"quote`, `back\slash`, `ends in \`, `\N \G \n`, `a"]; evil [label="x`, `<b>bold</b>`, `&lt; &amp; #quot;`,
	"`code` **bold** $$x$$", `end`, `a -->|x| b`, `%%{init: {}}%%`, `click n0 "javascript:alert(1)"`, "é 🚀", `a;b{c}d[e](f)`,
}

func TestHostileNames(t *testing.T) {
	var text strings.Builder
	text.WriteString("operator \"O\" {}\naccount \"to\" {}\n")
	for i, name := range hostile {
		fmt.Fprintf(&text, "account \"a%d\" {\n  name = %s\n  jetstream {}\n  stream \"S\" {\n    subjects = [\"s.>\"]\n  }\n}\n", i, hclString(name))
		fmt.Fprintf(&text, "share \"s%d\" {\n  name    = %s\n  from    = account.a%d\n  subject = \"x%d.>\"\n  to \"to\" {}\n}\n", i, hclString(name), i, i)
	}
	g := Of(compile(t, text.String()))

	var dot bytes.Buffer
	if err := g.dot(&dot); err != nil {
		t.Fatal(err)
	}
	strs := checkDOT(t, dot.String())
	var mermaid bytes.Buffer
	if err := g.mermaid(&mermaid); err != nil {
		t.Fatal(err)
	}
	checkMermaid(t, mermaid.String())
	var out bytes.Buffer
	if err := g.JSON(&out); err != nil {
		t.Fatal(err)
	}
	var decoded Graph
	if err := json.Unmarshal(out.Bytes(), &decoded); err != nil {
		t.Fatal(err)
	}
	for _, name := range hostile {
		shown := strings.NewReplacer(`\`, `\\`, "&", "&amp;").Replace(name)
		if !slices.Contains(strs, shown) {
			t.Errorf("dot does not show %q", name)
		}
		if !slices.ContainsFunc(decoded.Nodes, func(n Node) bool { return n.Name == name }) {
			t.Errorf("json has no node %q", name)
		}
	}
}

// hclString is a text as an HCL string.
func hclString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "%{", "%%{", "${", "$${").Replace(s) + `"`
}

// checkDOT reads a text as Graphviz's lexer and grammar would, and returns its
// strings, in which \" has become ".
func checkDOT(t *testing.T, text string) []string {
	t.Helper()
	// From lib/cgraph/scan.l: a quoted ID ends at the first quote that no
	// backslash stands before; a pair of backslashes stays.
	token := regexp.MustCompile(`^(?:"((?:[^"\\]|\\.)*)"|[A-Za-z_][A-Za-z_0-9]*|-?[0-9]+|->|[{}\[\]=;,])`)
	var tokens, strs []string
	for rest := strings.TrimSpace(text); rest != ""; rest = strings.TrimSpace(rest) {
		m := token.FindStringSubmatch(rest)
		if m == nil {
			t.Fatalf("no token of dot: %.60s", rest)
		}
		if m[0][0] == '"' {
			strs = append(strs, strings.ReplaceAll(m[1], `\"`, `"`))
			tokens = append(tokens, "ID")
		} else if regexp.MustCompile(`^[A-Za-z_0-9-]+$`).MatchString(m[0]) && !slices.Contains([]string{"digraph", "subgraph"}, m[0]) {
			tokens = append(tokens, "ID")
		} else {
			tokens = append(tokens, m[0])
		}
		rest = rest[len(m[0]):]
	}
	all := strings.Join(tokens, " ")
	attributes := `(?: \[ ID = ID(?: , ID = ID)* \])?`
	statement := regexp.MustCompile(`ID(?: -> ID)?` + attributes + ` ; |ID = ID ; `)
	cluster := regexp.MustCompile(`subgraph ID \{ (?:ID(?: -> ID)?` + attributes + ` ; |ID = ID ; )*\} `)
	body, ok := strings.CutPrefix(all+" ", "digraph ID { ")
	if !ok {
		t.Fatalf("no digraph: %.60s", all)
	}
	body = cluster.ReplaceAllString(body, "")
	body = statement.ReplaceAllString(body, "")
	if body != "} " {
		t.Fatalf("this is no statement of dot: %.80s", body)
	}
	return strs
}

// checkMermaid holds every line to the few forms that are written, with
// nothing in a label but what is harmless.
func checkMermaid(t *testing.T, text string) {
	t.Helper()
	label := `"(?:[A-Za-z0-9 .,:_/()-]|#[0-9]+;|<br/>)*"`
	form := regexp.MustCompile(`^(?:flowchart LR|  subgraph n\d+\[` + label + `\]|  end|` +
		` +n\d+(?:\[` + label + `\]|\[\(` + label + `\)\]|\(\[` + label + `\]\)|\(\(` + label + `\)\))|` +
		` +n\d+ -\.- n\d+|  n\d+ -->\|` + label + `\| n\d+)$`)
	for line := range strings.Lines(text) {
		if !form.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("this is no line of the flowchart: %s", line)
		}
	}
}

// TestOrder: the order of declaration does not matter.
func TestOrder(t *testing.T) {
	a := "account \"A\" {\n  export \"x\" { stream = \"x.>\" }\n  export \"w\" { stream = \"w.>\" }\n}\n"
	b := "account \"B\" {\n  import \"x\" {\n    from   = account.A\n    stream = \"x.>\"\n  }\n  import \"w\" {\n    from   = account.A\n    stream = \"w.>\"\n  }\n}\n"
	one, other := Of(compile(t, "operator \"O\" {}\n"+a+b)), Of(compile(t, b+a+"operator \"O\" {}\n"))
	if diff := cmp.Diff(one, other); diff != "" {
		t.Error(diff)
	}
}
