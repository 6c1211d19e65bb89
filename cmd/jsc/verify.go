package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/emit/verify"
	"jsc/schema/diag"
)

// verifier is one run of verify.
type verifier struct {
	*terminal
	place
	format   string
	shares   []string
	sample   int
	messages int
}

func newVerify(t *terminal) *cobra.Command {
	v := &verifier{terminal: t}
	cmd := &cobra.Command{
		Use:   "verify [PATH]",
		Short: "Boot nats-server and prove every share, and that nothing else crosses",
		Long: `Boot nats-server in this process with throw-away keys, make the streams and
consumers, and prove every share as its importers would use it, message by
message; and try what must be refused. No key is needed, nothing is written but to
a private temporary folder, and no port is opened, save on the loopback where
replicas need a cluster.`,
		Example: "  jsc verify topology.hcl\n  jsc verify topology.hcl --share order-events --format junit\n  jsc verify tenants --sample 50",
		Args:    onePath,
		RunE:    func(cmd *cobra.Command, args []string) error { return v.run(cmd.Context(), pathOf(args)) },
	}
	f := cmd.Flags()
	v.place.flags(f)
	f.StringVar(&v.format, "format", "text", "text, json or junit")
	f.StringArrayVar(&v.shares, "share", nil, "prove only this share (may be given again)")
	f.IntVar(&v.sample, "sample", 0, "prove only this many shares, spread evenly over all (default: all)")
	f.IntVar(&v.messages, "messages", 0, fmt.Sprintf("messages through each share, at most %d (default: enough to pass 4 MiB)", maxMessages))
	return cmd
}

// maxMessages is as many as a machine can be asked for: each is of 4 KiB, is held
// in memory, and all of a share have a minute.
const maxMessages = 100_000

// reportFormats are the forms of verify's report.
var reportFormats = map[string]func(*verify.Report, io.Writer) error{
	"text":  (*verify.Report).Text,
	"json":  (*verify.Report).JSON,
	"junit": (*verify.Report).JUnit,
}

func (v *verifier) run(ctx context.Context, path string) error {
	if err := oneOf("format", v.format, "text", "json", "junit"); err != nil {
		return err
	}
	if v.messages < 0 || v.messages > maxMessages {
		return usageError{fmt.Errorf("--messages is a number from 1 to %d, not %d", maxMessages, v.messages)}
	}
	if v.sample < 0 || v.sample > 0 && len(v.shares) > 0 {
		return usageError{errors.New("--sample is a number from 1 upward, and stands without --share")}
	}
	pr, err := v.place.open(path)
	if err != nil {
		return err
	}
	c, err := v.look(ctx, pr)
	if err != nil {
		return err
	}
	if err := v.tell(c, hcl.DiagError); err != nil {
		return err
	}
	for _, name := range v.shares {
		if !c.hasShare(name) {
			return c.noShare(name)
		}
	}
	if all := len(c.topology.Shares); v.sample > 0 && v.sample < all {
		for i := range v.sample {
			v.shares = append(v.shares, c.topology.Shares[i*all/v.sample].Name)
		}
		if !v.quiet {
			fmt.Fprintf(v.stderr, "jsc: a sample of %s of %s shares\n", diag.Count(v.sample), diag.Count(all))
		}
	}
	progress := v.progress("booting nats-server")
	defer progress.done()
	report, err := verify.Run(ctx, c.topology, verify.Options{
		Shares: v.shares, Messages: v.messages,
		Progress: func(done, total int, name string) { progress.stage(proving(done, total, name)) },
	})
	progress.done()
	if err != nil {
		return err
	}
	if err := reportFormats[v.format](report, v.stdout); err != nil {
		return err
	}
	if !report.OK() {
		return exit(exitFailed)
	}
	return nil
}

// noShare is the error that a topology has no share of a name. It is none of
// usage: another topology has one.
func (c *compiled) noShare(name string) error {
	var names []string
	for _, s := range c.topology.Shares {
		names = append(names, s.Name)
	}
	if near, ok := diag.Suggest(name, names); ok {
		return fmt.Errorf("the topology has no share %q; did you mean %q?", name, near)
	}
	return fmt.Errorf("the topology has no share %q", name)
}

func (c *compiled) hasShare(name string) bool {
	for _, s := range c.topology.Shares {
		if s.Name == name {
			return true
		}
	}
	return false
}

// proving says which of all shares and users is being proved; the end has no
// name.
func proving(done, total int, name string) string {
	if name == "" {
		return fmt.Sprintf("proved %d of %d", done, total)
	}
	return fmt.Sprintf("proving %d of %d: %s", done+1, total, diag.Sanitize(name))
}
