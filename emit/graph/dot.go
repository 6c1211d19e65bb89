package graph

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"jsc/schema"
	"jsc/schema/diag"
)

// shapes are how Graphviz draws the kinds of node.
var shapes = map[Kind]string{
	schema.KindStream:      "cylinder",
	schema.KindKeyValue:    "folder",
	schema.KindObjectStore: "box3d",
	schema.KindConsumer:    "cds",
	anybody:                "doublecircle",
}

// dot writes the graph in Graphviz's language: an account is a cluster.
func (g *Graph) dot(out io.Writer) error {
	w := bufio.NewWriter(out)
	in := g.tree()
	account := map[string]bool{}
	fmt.Fprint(w, "digraph topology {\n  rankdir=LR; compound=true; fontname=Helvetica;\n  node [fontname=Helvetica, fontsize=11]; edge [fontname=Helvetica, fontsize=9];\n")
	for _, n := range in[""] {
		if n.Kind != schema.KindAccount {
			fmt.Fprintf(w, "  %s [label=%s, shape=%s];\n", dotID(n.ID), dotLabel(n.label()), shapes[n.Kind])
			continue
		}
		account[n.ID] = true
		style := "rounded"
		if n.External {
			style = "rounded,dashed"
		}
		fmt.Fprintf(w, "  subgraph %s {\n    label=%s; style=%q;\n", dotID("cluster "+n.ID), dotLabel(n.label()), style)
		// An edge ends at a node; this one stands for the account.
		fmt.Fprintf(w, "    %s [shape=point, style=invis];\n", dotID(n.ID))
		dotInside(w, in, n)
		fmt.Fprint(w, "  }\n")
	}
	for i := range g.Edges {
		e := &g.Edges[i]
		fmt.Fprintf(w, "  %s -> %s [label=%s", dotID(e.From), dotID(e.To), dotLabel(e.label()))
		if account[e.From] {
			fmt.Fprintf(w, ", ltail=%s", dotID("cluster "+e.From))
		}
		if account[e.To] {
			fmt.Fprintf(w, ", lhead=%s", dotID("cluster "+e.To))
		}
		if len(e.Grants) > 1 { // shown when the pointer is over the edge
			var all []string
			for _, x := range e.Grants {
				all = append(all, x.Grant+": "+x.crossing())
			}
			fmt.Fprintf(w, ", tooltip=%s", dotLabel(all))
		}
		fmt.Fprint(w, "];\n")
	}
	fmt.Fprint(w, "}\n")
	return w.Flush()
}

// dotInside writes what is in a node, and the lines from streams to their
// consumers.
func dotInside(w io.Writer, in map[string][]*Node, of *Node) {
	for _, n := range in[of.ID] {
		fmt.Fprintf(w, "    %s [label=%s, shape=%s];\n", dotID(n.ID), dotLabel(n.label()), shapes[n.Kind])
		if of.Kind != schema.KindAccount {
			fmt.Fprintf(w, "    %s -> %s [style=dotted, arrowhead=none];\n", dotID(of.ID), dotID(n.ID))
		}
		dotInside(w, in, n)
	}
}

// dotID is any text as an ID. In a quoted ID only a double quote is escaped;
// a backslash before it would be, so both are (graphviz.org/doc/info/lang.html).
func dotID(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(diag.Sanitize(s)) + `"`
}

// dotLabel is lines as a label, in which a backslash begins an escape and an
// ampersand an entity.
func dotLabel(lines []string) string {
	safe := strings.NewReplacer(`\`, `\\`, `"`, `\"`, `&`, `&amp;`)
	var b strings.Builder
	b.WriteByte('"')
	for i, line := range lines {
		if i > 0 {
			b.WriteString(`\n`)
		}
		b.WriteString(safe.Replace(diag.Sanitize(line)))
	}
	b.WriteByte('"')
	return b.String()
}
