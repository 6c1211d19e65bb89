package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// builder is one run of build.
type builder struct {
	*terminal
	place
	keyFlags
	nowFlag      string
	format       string
	creds        string
	locked       bool
	generateKeys bool
}

func newBuild(t *terminal) *cobra.Command {
	b := &builder{terminal: t}
	cmd := &cobra.Command{
		Use:   "build [PATH]",
		Short: "Compile a topology, sign what changed, write the output folder and the lock",
		Long: `Compile a topology, sign what changed, and write the output folder and the lock.

Tokens that say the same as before keep their bytes, so that nothing is signed
and no file is touched when nothing changed. A crash at any moment leaves the
folder and the lock as they were or as they should be.`,
		Example: `  jsc build topology.hcl --generate-keys     first build: makes the keys it needs
  jsc build topology.hcl                     sign what changed
  jsc build topology.hcl --locked            reproduce what the lock says, or exit 3`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return b.run(cmd.Context(), pathOf(args)) },
	}
	f := cmd.Flags()
	b.place.flags(f)
	b.keyFlags.flags(f)
	f.StringVar(&b.nowFlag, "now", "", "the moment to count from, RFC 3339 or Unix seconds (default: SOURCE_DATE_EPOCH, else the clock)")
	f.StringVar(&b.format, "format", "text", "summary as text or json")
	f.StringVar(&b.creds, "creds", "", "write users' credentials to this folder, outside the output and git")
	f.BoolVar(&b.locked, "locked", false, "do not change the lock: exit 3 where it would have to")
	f.BoolVar(&b.generateKeys, "generate-keys", false, "make the keys that are not pinned yet")
	return cmd
}

func (b *builder) run(ctx context.Context, path string) error {
	if err := oneOf("format", b.format, "text", "json"); err != nil {
		return err
	}
	if b.locked && b.generateKeys {
		return usageError{errors.New("--locked and --generate-keys contradict each other")}
	}
	now, err := b.now(b.nowFlag)
	if err != nil {
		return err
	}
	pr, err := b.place.open(path)
	if err != nil {
		return err
	}
	state, err := folder.Open(ctx, pr.state, b.waiting)
	if err != nil {
		return err
	}
	defer state.Close()
	if state.Recovery().Finished && !b.quiet {
		fmt.Fprintln(b.stderr, "jsc: an interrupted build was finished first")
	}
	old, err := b.readLock(pr, state.View)
	if err != nil {
		return err
	}
	progress := b.progress("compiling")
	defer progress.done()
	made := old.Clone()
	c := b.compile(pr, pins(made))
	if _, exists := state.Lock(); !exists {
		if d := lockElsewhere(pr, c.config); d != nil {
			c.diags = diag.Sort(append(c.diags, d))
		}
	}
	if c.diags.HasErrors() {
		progress.done()
		return b.tell(c, hcl.DiagWarning)
	}
	ring, err := b.keyFlags.open(ctx, b.terminal, pr, made)
	if err != nil {
		return err
	}
	defer ring.Close()
	plan, diags := b.plan(c, made, now)
	if b.generateKeys && len(plan.Unpinned) > 0 && !diags.HasErrors() {
		if err := generate(ring, made, plan.Unpinned); err != nil {
			return err
		}
		// Public keys are values in the topology, so it is compiled anew.
		c = b.compile(pr, pins(made))
		plan, diags = b.plan(c, made, now)
	}
	c.diags = diag.Sort(append(c.diags, diags...))
	progress.done()
	if err := b.tell(c, hcl.DiagWarning); err != nil {
		return err
	}
	if b.locked && (len(plan.Changes()) > 0 || len(plan.Unpinned) > 0) {
		return b.lockWouldChange(plan, pr)
	}
	return b.write(ctx, pr, state, plan, ring)
}

// plan works out what to sign.
func (b *builder) plan(c *compiled, l *lock.Lock, now int64) (*emit.Plan, hcl.Diagnostics) {
	if b.locked {
		return emit.NewLockedPlan(c.topology, l)
	}
	return emit.NewPlan(c.topology, l, now)
}

// write signs and writes everything as one change.
func (b *builder) write(ctx context.Context, pr *project, state *folder.Folder, plan *emit.Plan, ring *keys.Ring) error {
	progress := b.progress("signing")
	defer progress.done()
	plan.NoSecrets = b.creds == ""
	if err := plan.Sign(ctx, ring, emit.Former(plan, state.ReadFile)); err != nil {
		progress.done()
		return b.keyErrors(err)
	}
	progress.stage("writing")
	artifacts, err := emit.Render(plan, filepath.Base(pr.lock))
	if err != nil {
		return err
	}
	files := make([]folder.File, len(artifacts))
	for i, a := range artifacts {
		if err := ring.Scan(a.Data); err != nil {
			return fmt.Errorf("write %s: %w", a.Path, err)
		}
		files[i] = folder.File{Path: a.Path, Data: a.Data}
	}
	summary, err := state.Commit(ctx, files, plan.Lock.Encode())
	if err != nil {
		return err
	}
	var creds []string
	if b.creds != "" {
		if creds, err = b.writeCreds(pr, plan, ring); err != nil {
			progress.done()
			return b.keyErrors(err)
		}
	}
	progress.done()
	return b.summarize(pr, plan, summary, creds)
}

// writeCreds writes the credentials of every user that is signed here.
func (b *builder) writeCreds(pr *project, plan *emit.Plan, ring *keys.Ring) ([]string, error) {
	var list []keys.Creds
	for _, t := range plan.Tokens {
		if t.User != nil {
			list = append(list, keys.Creds{
				Path:      emit.FileName(t.Account.Name) + "/" + emit.FileName(t.User.Name) + ".creds",
				ID:        t.ID,
				PublicKey: t.User.PublicKey,
				Token:     t.Text,
			})
		}
	}
	return ring.WriteCreds(b.creds, pr.out, list)
}

// keyErrors tells mistakes about keys as diagnostics.
func (t *terminal) keyErrors(err error) error {
	var diags hcl.Diagnostics
	var key *keys.Error
	switch {
	case errors.As(err, &diags):
	case errors.As(err, &key):
		diags = hcl.Diagnostics{key.Diagnostic()}
	default:
		return err
	}
	return t.tell(&compiled{diags: diag.Sort(diags), config: &schema.Config{}}, hcl.DiagWarning)
}

// lockWouldChange ends a --locked build: the lock is not what the topology
// asks for.
func (b *builder) lockWouldChange(plan *emit.Plan, pr *project) error {
	changes := plan.Changes()
	fmt.Fprintf(b.stderr, "%s would change; nothing was written:\n", pr.lock)
	for i, c := range changes {
		if i == 20 {
			fmt.Fprintf(b.stderr, "  … and %d more\n", len(changes)-i)
			break
		}
		fmt.Fprintf(b.stderr, "  %s: %s\n", diag.Sanitize(c.ID), diag.Sanitize(c.Reason))
	}
	fmt.Fprintln(b.stderr, "Run jsc build without --locked, and commit the lock.")
	return exit(exitDiffers)
}

func (t *terminal) waiting(path string) {
	if !t.quiet {
		fmt.Fprintf(t.stderr, "jsc: waiting for another jsc that holds %s\n", path)
	}
}

// userLine is what credentials cannot say about a user.
type userLine struct {
	Account     string `json:"account"`
	User        string `json:"user"`
	InboxPrefix string `json:"inbox_prefix"`
}

// inboxes are the users whose clients must be told an inbox prefix.
func inboxes(t *compiler.Topology) []userLine {
	out := []userLine{}
	for _, a := range t.Accounts {
		for _, u := range a.Users {
			if u.InboxPrefix != "" {
				out = append(out, userLine{a.Name, u.Name, u.InboxPrefix})
			}
		}
	}
	return out
}
