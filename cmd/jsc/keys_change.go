package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/emit"
	"jsc/emit/diff"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

func newKeysMove(t *terminal) *cobra.Command {
	k := &keyCommand{terminal: t}
	cmd := &cobra.Command{
		Use:   "move OLD NEW [PATH]",
		Short: "Keep a key under another name, after an account or a user was renamed",
		Long: `Keep a key under another name, after an account, a user or a signing key was
renamed in the topology. Without it the renamed one gets a new key, and the
streams of a renamed account stay behind with the old one.`,
		Example: "  jsc keys move account/ORDERS account/ORDER-SERVICE topology.hcl",
		Args:    someArgs("OLD and NEW", 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.move(cmd.Context(), args[0], args[1], pathOf(args[2:]))
		},
	}
	k.flags(cmd)
	return cmd
}

// someArgs takes n arguments and at most one PATH after them.
func someArgs(what string, n int) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n || len(args) > n+1 {
			return usageError{fmt.Errorf("give %s, and at most one PATH", what)}
		}
		return nil
	}
}

func (k *keyCommand) move(ctx context.Context, from, to, path string) error {
	k.whole = true
	_, state, l, err := k.edit(ctx, path)
	if err != nil {
		return err
	}
	defer state.Close()
	if err := l.Move(from, to); err != nil {
		return fmt.Errorf("move %s: %w", from, err)
	}
	if err := state.CommitLock(l.Encode()); err != nil {
		return err
	}
	if k.format == "json" {
		return diag.WriteJSON(k.stdout, struct {
			FormatVersion int    `json:"format_version"`
			From          string `json:"from"`
			To            string `json:"to"`
			PublicKey     string `json:"public_key"`
		}{1, from, to, l.Keys[to]})
	}
	if !k.quiet {
		fmt.Fprintf(k.stdout, "%s is %s now; build to write it out\n", diag.Sanitize(to), l.Keys[to])
	}
	return nil
}

func newKeysRotate(t *terminal) *cobra.Command {
	k := &keyCommand{terminal: t}
	cmd := &cobra.Command{
		Use:   "rotate ID [PATH]",
		Short: "Replace a signing key or a user's key by a new one",
		Long: `Replace a signing key or a user's key by a new one, and retire the old one, which
never returns. The next build signs anew what the old key signed.

An account's or an operator's identity key cannot be rotated: it is the account,
or the operator, to every server. Sign with signing keys, and keep identity keys
away from where builds run.`,
		Example: "  jsc keys rotate account/ACCTA/signing/ci topology.hcl\n  jsc keys rotate account/ACCTB/user/fulfillment topology.hcl",
		Args:    someArgs("the ID of a key", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.rotate(cmd.Context(), args[0], pathOf(args[1:]))
		},
	}
	k.flags(cmd)
	return cmd
}

func (k *keyCommand) rotate(ctx context.Context, id, path string) error {
	k.whole = true
	parts, ok := lock.Parts(id)
	if !ok || len(parts) != 4 || parts[2] != "signing" && parts[2] != "user" {
		return usageError{fmt.Errorf("%s is no signing key and no user; see jsc keys rotate --help", id)}
	}
	now, err := k.now("")
	if err != nil {
		return err
	}
	pr, state, l, err := k.edit(ctx, path)
	if err != nil {
		return err
	}
	defer state.Close()
	old := l.Keys[id]
	if old == "" {
		return fmt.Errorf("rotate %s: it has no key in %s yet", id, pr.lock)
	}
	c, err := k.compile(ctx, pr, pins(l))
	if err != nil {
		return err
	}
	if err := k.tell(c, hcl.DiagError); err != nil {
		return err
	}
	if _, written := emit.WrittenKeys(c.topology)[id]; written {
		return fmt.Errorf("rotate %s: the topology says its public_key; remove that line to have jsc make a key, or write another one there and build", id)
	}
	ring, err := k.keyFlags.open(ctx, k.terminal, pr, l)
	if err != nil {
		return err
	}
	defer ring.Close()
	l.Retire(id, old)
	if err := generate(ring, state, l, []string{id}); err != nil {
		return k.keyErrors(nil, err)
	}
	// What the next build does is what jsc plan says of it.
	if c, err = k.compile(ctx, pr, pins(l)); err != nil {
		return err
	}
	// The new key is a value in the topology, too.
	if err := k.tell(c, hcl.DiagError); err != nil {
		return err
	}
	plan, diags := emit.NewPlan(c.topology, l, now)
	if diags.HasErrors() {
		c.diags = diag.Sort(diags)
		return k.tell(c, hcl.DiagError)
	}
	report, err := compare(&before{against: lastBuild, folder: state.View}, plan)
	if err != nil {
		return err
	}
	if err := state.CommitLock(l.Encode()); err != nil {
		return err
	}
	return k.printRotation(&rotation{1, id, old, l.Keys[id], []string{}, report.Steps, report.Impacts}, report)
}

// rotation is what keys rotate --format json prints.
type rotation struct {
	FormatVersion int           `json:"format_version"`
	ID            string        `json:"id"`
	Old           string        `json:"old"`
	New           string        `json:"new"`
	SignedAnew    []string      `json:"signed_anew"` // IDs of tokens
	Steps         []diff.Step   `json:"steps"`       // after the next build, in order
	Impacts       []diff.Impact `json:"impacts"`     // the gravest first
}

func (k *keyCommand) printRotation(r *rotation, report *diff.Report) error {
	for _, t := range report.Tokens {
		r.SignedAnew = append(r.SignedAnew, t.ID)
	}
	if k.format == "json" {
		return diag.WriteJSON(k.stdout, r)
	}
	if k.quiet {
		return nil
	}
	w := k.stdout
	fmt.Fprintf(w, "%s\n  old  %s, ended by the next build\n  new  %s\n\nsigned anew by the next build:\n", diag.Sanitize(r.ID), r.Old, r.New)
	for i, t := range r.SignedAnew {
		if i == shownAtMost {
			fmt.Fprintf(w, "  … and %d more\n", len(r.SignedAnew)-i)
			break
		}
		fmt.Fprintf(w, "  %s\n", diag.Sanitize(t))
	}
	fmt.Fprintln(w, "\nthen:\n  1. Build: jsc build.")
	for i, s := range r.Steps {
		fmt.Fprintf(w, "  %d. %s\n", i+2, s)
	}
	return nil
}

func newKeysImport(t *terminal) *cobra.Command {
	k := &keyCommand{terminal: t}
	cmd := &cobra.Command{
		Use:   "import FOLDER [PATH]",
		Short: "Copy the seeds of an nsc keys folder into the first dir: of --keys",
		Long: `Copy the seeds of an nsc keys folder into the first dir: of --keys. None that is
there is replaced. Pin what they are for with public_key in the topology: operator,
accounts, signing keys, users.`,
		Example: "  jsc keys import ~/.local/share/nats/nsc/keys topology.hcl",
		Args:    someArgs("a folder of seeds", 1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return k.importSeeds(cmd.Context(), args[0], pathOf(args[1:]))
		},
	}
	k.flags(cmd)
	return cmd
}

func (k *keyCommand) importSeeds(ctx context.Context, dir, path string) error {
	pr, state, l, err := k.edit(ctx, path)
	if err != nil {
		return err
	}
	defer state.Close()
	to, err := k.keyFlags.open(ctx, k.terminal, pr, l)
	if err != nil {
		return err
	}
	defer to.Close()
	from, err := keys.Open(ctx, keys.Options{Sources: []string{"dir:" + dir}, Getenv: k.getenv})
	if err != nil {
		return err
	}
	defer from.Close()
	stored, present, err := to.Import(from)
	if err != nil {
		return k.keyErrors(nil, err)
	}
	if len(stored)+len(present) == 0 {
		if _, err := os.Stat(dir); err != nil {
			return fmt.Errorf("import keys: %w", err)
		}
		return fmt.Errorf("import keys: there are no seeds in %s", dir)
	}
	if k.format == "json" {
		return diag.WriteJSON(k.stdout, struct {
			FormatVersion int      `json:"format_version"`
			Stored        []string `json:"stored"`
			Present       []string `json:"present"`
		}{1, diag.OrEmpty(stored), diag.OrEmpty(present)})
	}
	if !k.quiet {
		for _, public := range stored {
			fmt.Fprintf(k.stdout, "stored   %s\n", public)
		}
		for _, public := range present {
			fmt.Fprintf(k.stdout, "present  %s\n", public)
		}
	}
	return nil
}

func newKeysExport(t *terminal) *cobra.Command {
	k := &keyCommand{terminal: t}
	var to string
	var recipients []string
	cmd := &cobra.Command{
		Use:   "export --age FILE [PATH]",
		Short: "Write the pinned keys' seeds to a file encrypted with age",
		Long: `Write the seeds of all pinned keys that --keys holds to a file encrypted with age,
for --keys age:FILE; keys whose seeds are elsewhere are named. It is encrypted to
--recipient, or, without any, by the passphrase in JSC_AGE_PASSPHRASE. Seeds are
never written in the clear.`,
		Example: "  jsc keys export --age seeds.age --recipient age1… topology.hcl",
		Args:    onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			if to == "" {
				return usageError{errors.New("--age names the file to write")}
			}
			return k.export(cmd.Context(), to, recipients, pathOf(args))
		},
	}
	k.flags(cmd)
	cmd.Flags().StringVar(&to, "age", "", "the file to write; must not exist")
	cmd.Flags().StringArrayVar(&recipients, "recipient", nil, "age public key that may read it (may be given again)")
	return cmd
}

func (k *keyCommand) export(ctx context.Context, to string, recipients []string, path string) error {
	pr, view, l, err := k.read(ctx, path)
	if err != nil {
		return err
	}
	defer view.Close()
	ring, err := k.keyFlags.open(ctx, k.terminal, pr, l)
	if err != nil {
		return err
	}
	defer ring.Close()
	held, err := ring.Held()
	if err != nil {
		return k.keyErrors(nil, err)
	}
	var list, lacking []string
	for _, id := range slices.Sorted(maps.Keys(l.Keys)) {
		public := l.Keys[id]
		if _, found := slices.BinarySearch(held, public); found {
			list = append(list, public)
		} else {
			lacking = append(lacking, id)
		}
	}
	if len(list) == 0 {
		return fmt.Errorf("export seeds: no seed of a key pinned in %s is at hand", pr.lock)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	var sealed strings.Builder
	if err := ring.ExportAge(&sealed, recipients, list...); err != nil {
		return k.keyErrors(nil, err)
	}
	if err := keys.WriteNew(to, []byte(sealed.String()), 0o600); err != nil {
		return fmt.Errorf("export seeds: %w", err)
	}
	if len(lacking) > 0 && !k.quiet {
		fmt.Fprintf(k.stderr, "jsc: the file lacks %s of pinned keys, which no source holds:\n", diag.Plural(len(lacking), "seed"))
		for i, id := range lacking {
			if i == shownAtMost {
				fmt.Fprintf(k.stderr, "  … and %d more; see jsc keys list\n", len(lacking)-i)
				break
			}
			fmt.Fprintf(k.stderr, "  %s\n", diag.Sanitize(id))
		}
	}
	if k.format == "json" {
		return diag.WriteJSON(k.stdout, struct {
			FormatVersion int      `json:"format_version"`
			File          string   `json:"file"`
			Stored        []string `json:"stored"` // public keys
		}{1, to, list})
	}
	if !k.quiet {
		fmt.Fprintf(k.stdout, "%s: %s\n", diag.Sanitize(to), diag.Plural(len(list), "seed"))
	}
	return nil
}
