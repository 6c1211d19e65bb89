package schema

import (
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Unused is a variable or a local value that no expression of its topology or
// module names, whatever its instances evaluate.
type Unused struct {
	Rule string    // "unused-variable" or "unused-local"
	Name string    // as declared
	At   hcl.Range // its declaration
}

// unused finds what no expression names, in the order of files' bodies and of
// declaration. A module's body counts once, however many instances it has.
func (l *loader) unused() []Unused {
	var out []Unused
	seen := map[*body]bool{}
	for _, sb := range l.bodies {
		if seen[sb.body] {
			continue
		}
		seen[sb.body] = true
		used := usage{}
		used.body(sb.body, "")
		for _, n := range sb.body.blocks {
			switch n.kind {
			case "variable":
				if name := n.labels[0]; !used["var."+name] {
					out = append(out, Unused{"unused-variable", name, n.site.Label})
				}
			case "locals":
				for _, a := range n.body.attrs {
					if !used["local."+a.name] {
						out = append(out, Unused{"unused-local", a.name, a.site.Name})
					}
				}
			}
		}
	}
	return out
}

// usage are the names that expressions use, as in "var.n".
type usage map[string]bool

// body gathers the names in a body. What a variable's validation says of the
// variable itself, own, is no use of it.
func (u usage) body(b *body, own string) {
	for _, a := range b.attrs {
		u.expr(a.expr, own)
	}
	for _, n := range b.blocks {
		for _, a := range []*attr{n.forEach, n.nameAttr} {
			if a != nil {
				u.expr(a.expr, own)
			}
		}
		if d := n.dynamic; d != nil {
			u.expr(d.forEach.expr, own)
			for _, x := range d.labels {
				u.expr(x, own)
			}
		}
		inside := own
		if n.kind == "variable" {
			inside = "var." + n.labels[0]
		}
		u.body(n.body, inside)
	}
}

func (u usage) expr(e hclsyntax.Expression, own string) {
	hclsyntax.VisitAll(e, func(node hclsyntax.Node) hcl.Diagnostics {
		name, ok := node.(*nameExpr)
		if !ok {
			return nil
		}
		if step, ok := nameAt(name.Traversal, 1); ok {
			if used := name.Traversal.RootName() + "." + step; used != own {
				u[used] = true
			}
		}
		return nil
	})
}
