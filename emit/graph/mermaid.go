package graph

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"jsc/schema"
	"jsc/schema/diag"
)

// brackets are how Mermaid draws the kinds of node.
var brackets = map[Kind][2]string{
	schema.KindAccount:     {"[", "]"},
	schema.KindStream:      {"[(", ")]"},
	schema.KindKeyValue:    {"[(", ")]"},
	schema.KindObjectStore: {"[(", ")]"},
	schema.KindConsumer:    {"([", "])"},
	anybody:                {"((", "))"},
}

// mermaid writes the graph as a flowchart of Mermaid, which GitHub shows in
// markdown: an account with something in it is a subgraph.
func (g *Graph) mermaid(out io.Writer) error {
	w := bufio.NewWriter(out)
	in := g.tree()
	// Its IDs are words of its own language, so nodes are numbered.
	ids := map[string]string{}
	for i, n := range g.Nodes {
		ids[n.ID] = fmt.Sprintf("n%d", i)
	}
	fmt.Fprint(w, "flowchart LR\n")
	for _, n := range in[""] {
		if len(in[n.ID]) == 0 {
			mermaidNode(w, ids, n, "  ")
			continue
		}
		fmt.Fprintf(w, "  subgraph %s[%s]\n", ids[n.ID], mermaidLabel(n.label()))
		mermaidInside(w, in, ids, n)
		fmt.Fprint(w, "  end\n")
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		fmt.Fprintf(w, "  %s -->|%s| %s\n", ids[e.From], mermaidLabel(e.label()), ids[e.To])
	}
	return w.Flush()
}

func mermaidInside(w io.Writer, in map[string][]*Node, ids map[string]string, of *Node) {
	for _, n := range in[of.ID] {
		mermaidNode(w, ids, n, "    ")
		if of.Kind != schema.KindAccount {
			fmt.Fprintf(w, "    %s -.- %s\n", ids[of.ID], ids[n.ID])
		}
		mermaidInside(w, in, ids, n)
	}
}

func mermaidNode(w io.Writer, ids map[string]string, n *Node, indent string) {
	b := brackets[n.Kind]
	fmt.Fprintf(w, "%s%s%s%s%s\n", indent, ids[n.ID], b[0], mermaidLabel(n.label()), b[1])
}

// mermaidLabel is lines as a quoted label. All but letters, digits and a few
// signs is written as an entity: Mermaid reads markdown, HTML and mathematics
// in labels (mermaid.js.org/syntax/flowchart.html).
func mermaidLabel(lines []string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i, line := range lines {
		if i > 0 {
			b.WriteString("<br/>")
		}
		for _, r := range diag.Sanitize(line) {
			switch {
			case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune(" .,:_-/()", r):
				b.WriteRune(r)
			default:
				fmt.Fprintf(&b, "#%d;", r)
			}
		}
	}
	b.WriteByte('"')
	return b.String()
}
