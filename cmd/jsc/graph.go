package main

import (
	"context"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/emit/graph"
)

// reading is a command that reads a topology and the public keys in its lock,
// and writes nothing.
type reading struct {
	*terminal
	place
	format string
}

// compiled is the topology at path; with an error in it, that has been told.
func (r *reading) compiled(ctx context.Context, path string) (*project, *compiled, error) {
	pr, err := r.place.open(path)
	if err != nil {
		return nil, nil, err
	}
	c, err := r.look(ctx, pr)
	if err != nil {
		return nil, nil, err
	}
	return pr, c, r.tell(c, hcl.DiagError)
}

func newGraph(t *terminal) *cobra.Command {
	g := &reading{terminal: t}
	cmd := &cobra.Command{
		Use:   "graph [PATH]",
		Short: "Draw the accounts and what crosses between them",
		Long: `Draw the accounts with their streams, consumers and buckets, and the shares and
imports between them, for Graphviz (dot), for markdown (mermaid) or for programs
(json: format_version, nodes, edges with every subject that crosses).`,
		Example: `  jsc graph topology.hcl | dot -Tsvg -o topology.svg
  jsc graph topology.hcl --format mermaid
  jsc graph topology.hcl --format json`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", g.format, "dot", "mermaid", "json"); err != nil {
				return err
			}
			_, c, err := g.compiled(cmd.Context(), pathOf(args))
			if err != nil {
				return err
			}
			return graph.Formats[g.format](graph.Of(c.topology), g.stdout)
		},
	}
	f := cmd.Flags()
	g.place.flags(f)
	f.StringVar(&g.format, "format", "dot", "dot, mermaid or json")
	return cmd
}
