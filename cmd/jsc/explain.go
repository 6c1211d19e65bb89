package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"jsc/emit/explain"
)

func newExplain(t *terminal) *cobra.Command {
	e := &reading{terminal: t}
	cmd := &cobra.Command{
		Use:   "explain REF [PATH]",
		Short: "Say in words what something is, what crosses by it, and how clients use it",
		Long: `Say in words what an account, a user, a stream, a consumer, a bucket or a share is.
Of a share: every grant and why it is needed, where each side sees it, what
clients must be told, commands and code that use it, the nsc commands that would
make it by hand, and what to be careful of.

REF is written as in a topology. One with brackets is quoted for the shell.`,
		Example: `  jsc explain share.order-events topology.hcl
  jsc explain account.ACCTA.stream.ORDEREVENTS.consumer.ORDEREVENTS-C1
  jsc explain 'account.tenant["acme"].user.app' --format json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || len(args) > 2 {
				return usageError{errors.New("explain takes REF and at most one PATH, as in: jsc explain share.orders topology.hcl")}
			}
			return nil
		},
		ValidArgsFunction: func(cmd *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveDefault // PATH
			}
			return e.references(cmd.Context()), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := oneOf("format", e.format, "text", "json"); err != nil {
				return err
			}
			pr, c, err := e.compiled(cmd.Context(), pathOf(args[1:]))
			if err != nil {
				return err
			}
			x, err := explain.Of(c.topology, args[0], pr.out)
			var malformed *explain.Malformed
			if errors.As(err, &malformed) {
				return usageError{err}
			}
			if err != nil {
				return err
			}
			return explain.Formats[e.format](x, e.stdout)
		},
	}
	f := cmd.Flags()
	e.place.flags(f)
	f.StringVar(&e.format, "format", "text", "text or json")
	return cmd
}

// references are what REF may be in the topology of the working folder; a shell
// asks while it is typed, so what is wrong there is not said.
func (r *reading) references(ctx context.Context) []cobra.Completion {
	pr, err := r.place.open(".")
	if err != nil {
		return nil
	}
	c, err := r.look(ctx, pr)
	if err != nil {
		return nil
	}
	return explain.References(c.topology)
}
