package main

import (
	"context"
	"fmt"
	"slices"
	"sort"
	"text/tabwriter"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

func newKeys(t *terminal) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "keys",
		Short:   "Make, list, rotate, rename and move the keys of a topology",
		Example: "  jsc keys generate topology.hcl\n  jsc keys list topology.hcl",
	}
	cmd.AddCommand(newKeysGenerate(t), newKeysList(t), newKeysRotate(t), newKeysMove(t), newKeysImport(t), newKeysExport(t))
	return cmd
}

// keyCommand is one run of a keys command.
type keyCommand struct {
	*terminal
	place
	format string
}

func (k *keyCommand) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	k.place.flags(f)
	f.StringVar(&k.format, "format", "text", "text or json")
}

func newKeysGenerate(t *terminal) *cobra.Command {
	k := &keyCommand{terminal: t}
	cmd := &cobra.Command{
		Use:   "generate [PATH]",
		Short: "Make the keys that the topology needs and the lock has not pinned",
		Long: `Make the keys that the topology needs and the lock has not pinned.

The seeds go to the first dir: of --keys (default .jsc/keys beside the topology),
each in a file of its own that nobody else may read; the public keys go to the
lock. No key that is there is ever replaced.`,
		Example: "  jsc keys generate topology.hcl\n  jsc keys generate --keys dir:/secure/keys topology.hcl",
		Args:    onePath,
		RunE:    func(cmd *cobra.Command, args []string) error { return k.generate(cmd.Context(), pathOf(args)) },
	}
	k.flags(cmd)
	return cmd
}

func (k *keyCommand) generate(ctx context.Context, path string) error {
	k.whole = true
	if err := oneOf("format", k.format, "text", "json"); err != nil {
		return err
	}
	pr, err := k.place.open(path)
	if err != nil {
		return err
	}
	c, err := k.look(ctx, pr)
	if err != nil {
		return err
	}
	if err := k.tell(c, hcl.DiagError); err != nil {
		return err
	}
	state, c, err := k.terminal.open(ctx, pr, c)
	if err != nil {
		return err
	}
	defer state.Close()
	l := c.lock
	unpinned := emit.Unpinned(c.topology)
	ring, err := k.keyFlags.open(ctx, k.terminal, pr, l)
	if err != nil {
		return err
	}
	defer ring.Close()
	if len(unpinned) > 0 {
		// What would keep them from being listed is told before they are made.
		if _, err := ring.Held(); err != nil {
			return k.keyErrors(nil, err)
		}
	}
	if err := generate(ring, state, l, unpinned); err != nil {
		return k.keyErrors(nil, err)
	}
	if err := state.CommitLock(l.Encode()); err != nil {
		return err
	}
	if len(unpinned) == 0 && k.format == "text" && !k.quiet {
		fmt.Fprintln(k.stdout, "every key is pinned already")
		return nil
	}
	if k.quiet && k.format == "text" {
		return nil
	}
	return k.print(l, unpinned, ring)
}

// edit opens a topology's state for a change of its lock.
func (k *keyCommand) edit(ctx context.Context, path string) (*project, *folder.Folder, *lock.Lock, error) {
	if err := oneOf("format", k.format, "text", "json"); err != nil {
		return nil, nil, nil, err
	}
	pr, err := k.place.open(path)
	if err != nil {
		return nil, nil, nil, err
	}
	state, err := folder.Open(ctx, pr.state, k.waiting)
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := k.readLock(ctx, pr, state.View)
	if err != nil {
		state.Close()
		return nil, nil, nil, err
	}
	return pr, state, l, nil
}

// read opens a topology's state to look at its lock.
func (k *keyCommand) read(ctx context.Context, path string) (*project, *folder.View, *lock.Lock, error) {
	if err := oneOf("format", k.format, "text", "json"); err != nil {
		return nil, nil, nil, err
	}
	pr, err := k.place.open(path)
	if err != nil {
		return nil, nil, nil, err
	}
	view, err := folder.Read(ctx, pr.state, k.waiting)
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := k.readLock(ctx, pr, view)
	if err != nil {
		view.Close()
		return nil, nil, nil, err
	}
	return pr, view, l, nil
}

func newKeysList(t *terminal) *cobra.Command {
	k := &keyCommand{terminal: t}
	cmd := &cobra.Command{
		Use:     "list [PATH]",
		Short:   "List the pinned keys, and whether their seeds are at hand",
		Example: "  jsc keys list topology.hcl --format json",
		Args:    onePath,
		RunE:    func(cmd *cobra.Command, args []string) error { return k.list(cmd.Context(), pathOf(args)) },
	}
	k.flags(cmd)
	return cmd
}

func (k *keyCommand) list(ctx context.Context, path string) error {
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
	var ids []string
	for id := range l.Keys {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	return k.print(l, ids, ring)
}

// keyReport is a key as keys generate and list show it.
type keyReport struct {
	ID        string `json:"id"`
	PublicKey string `json:"public_key"`
	Seed      bool   `json:"seed"` // it is at hand
}

func (k *keyCommand) print(l *lock.Lock, ids []string, ring *keys.Ring) error {
	held, err := ring.Held()
	if err != nil {
		return k.keyErrors(nil, err)
	}
	list := []keyReport{}
	for _, id := range ids {
		_, found := slices.BinarySearch(held, l.Keys[id])
		list = append(list, keyReport{id, l.Keys[id], found})
	}
	if k.format == "json" {
		return diag.WriteJSON(k.stdout, struct {
			FormatVersion int         `json:"format_version"`
			Keys          []keyReport `json:"keys"`
		}{1, list})
	}
	if len(list) == 0 {
		fmt.Fprintln(k.stdout, "no keys")
		return nil
	}
	w := tabwriter.NewWriter(k.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "key\tpublic key\tseed")
	for _, x := range list {
		seed := "elsewhere"
		if x.Seed {
			seed = "at hand"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", diag.Sanitize(x.ID), x.PublicKey, seed)
	}
	return w.Flush()
}
