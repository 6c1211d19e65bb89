package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// builder is one run of build.
type builder struct {
	*terminal
	place
	trust
	check        bool
	nowFlag      string
	format       string
	creds        string
	targets      targets
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
		RunE: func(cmd *cobra.Command, args []string) error {
			if b.check {
				for _, name := range []string{"creds", "generate-keys"} {
					if cmd.Flags().Changed(name) {
						return usageError{fmt.Errorf("--%s writes, and --check writes nothing", name)}
					}
				}
				c := &checking{terminal: b.terminal, place: b.place, trust: b.trust, nowFlag: b.nowFlag, format: b.format, targets: b.targets}
				return c.run(cmd.Context(), pathOf(args))
			}
			for _, name := range trustFlags {
				if cmd.Flags().Changed(name) {
					return usageError{fmt.Errorf("--%s is for build --check and jsc check", name)}
				}
			}
			return b.run(cmd.Context(), pathOf(args))
		},
	}
	f := cmd.Flags()
	b.place.flags(f)
	b.trust.flags(f)
	f.BoolVar(&b.check, "check", false, "write nothing: the same as jsc check")
	f.StringVar(&b.nowFlag, "now", "", "the moment to count from, RFC 3339 or Unix seconds (default: SOURCE_DATE_EPOCH, else the clock)")
	f.StringVar(&b.format, "format", "text", "summary as text or json")
	f.StringVar(&b.creds, "creds", "", "write users' credentials to this folder, outside the output and git")
	b.targets.flag(f, "make a further form of the output too")
	f.BoolVar(&b.locked, "locked", false, "do not change the lock: exit 3 where it would have to")
	f.BoolVar(&b.generateKeys, "generate-keys", false, "make the keys that are not pinned yet")
	return cmd
}

func (b *builder) run(ctx context.Context, path string) error {
	if err := oneOf("format", b.format, "text", "json"); err != nil {
		return err
	}
	if err := b.targets.settle(); err != nil {
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
	if b.creds != "" {
		pr.deny(b.creds)
	}
	b.whole = true
	progress := b.progress("compiling")
	defer progress.done()
	c, err := b.lookAhead(ctx, pr)
	if err != nil {
		return err
	}
	var (
		plan  *emit.Plan
		diags hcl.Diagnostics
		sound = !c.diags.HasErrors() // there is no plan of a broken topology
	)
	parallel.Do(2, func(i int) {
		if i == 0 {
			err = b.judge(pr, c, now)
		} else if sound {
			plan, diags = b.plan(c, c.lock, now)
		}
	})
	if err != nil {
		return err
	}
	if c.diags.HasErrors() {
		progress.done()
		return b.tell(c, hcl.DiagWarning)
	}
	ring, err := b.keyFlags.open(ctx, b.terminal, pr, c.lock)
	if err != nil {
		return err
	}
	defer ring.Close()
	if diags.HasErrors() {
		progress.done()
		c.diags = diag.Sort(append(c.diags, diags...))
		return b.tell(c, hcl.DiagWarning)
	}
	if b.locked && (len(plan.Changes()) > 0 || len(plan.Unpinned) > 0) {
		progress.done()
		return b.lockWouldChange(plan, pr, c)
	}
	if len(plan.Unpinned) > 0 && !b.generateKeys {
		progress.done()
		return b.keyErrors(c, plan.Sign(ctx, nil, nil))
	}
	if b.creds != "" {
		list, err := credentials(plan, ring)
		if err == nil {
			err = ring.CheckCreds(b.creds, pr.out, list)
		}
		if err != nil {
			progress.done()
			return b.keyErrors(c, placed(plan, err))
		}
	}
	seen := c
	state, c, err := b.terminal.open(ctx, pr, seen)
	if err != nil {
		return err
	}
	defer state.Close()
	if c != seen {
		plan, diags = b.plan(c, c.lock, now)
	}
	if b.generateKeys && len(plan.Unpinned) > 0 && !diags.HasErrors() {
		made := c.lock.Clone()
		if err := generate(ring, state, made, plan.Unpinned); err != nil {
			progress.done()
			return b.keyErrors(c, err)
		}
		// Public keys are values in the topology, so it is compiled anew.
		if c, err = b.compile(ctx, pr, pins(made)); err != nil {
			return err
		}
		plan, diags = b.plan(c, made, now)
	}
	if err := b.judge(pr, c, now); err != nil {
		return err
	}
	c.diags = diag.Sort(append(c.diags, diags...))
	progress.done()
	if err := b.tell(c, hcl.DiagWarning); err != nil {
		return err
	}
	return b.write(ctx, pr, state, c, plan, ring)
}

// plan works out what to sign.
func (b *builder) plan(c *compiled, l *lock.Lock, now int64) (*emit.Plan, hcl.Diagnostics) {
	if b.locked {
		return emit.NewLockedPlan(c.topology, l)
	}
	return emit.NewPlan(c.topology, l, now)
}

// write signs and writes everything as one change.
func (b *builder) write(ctx context.Context, pr *project, state *folder.Folder, c *compiled, plan *emit.Plan, ring *keys.Ring) error {
	progress := b.progress("signing")
	defer progress.done()
	plan.NoSecrets = b.creds == ""
	// Each of the two takes one processor.
	var (
		layout   *emit.Layout
		lockData []byte
	)
	err := parallel.Try(2, func(i int) (err error) {
		if i == 0 {
			layout, err = emit.NewLayout(plan, filepath.Base(pr.lock), b.targets...)
		} else {
			lockData = plan.Lock.EncodeAgain(c.lockData)
		}
		return err
	})
	if err != nil {
		return err
	}
	if b.locked && !bytes.Equal(lockData, c.lockData) {
		progress.done()
		fmt.Fprintf(b.stderr, "%s says what it should, but not as jsc writes it: in another order, with other white space or line ends; nothing was written.\nRun jsc build without --locked, and commit the lock.\n", diag.Sanitize(pr.lock))
		return exit(exitDiffers)
	}
	if err := b.foreign(pr, state, layout); err != nil {
		progress.done()
		return err
	}
	out, err := newOutput(state, layout)
	if err != nil {
		return err
	}
	var former func(id string) (token string, ok bool)
	if !state.Empty() {
		former = emit.Former(plan, out.read)
	}
	tokens := out.tokens()
	if b.creds != "" {
		tokens = plan.Tokens
	}
	if err := plan.SignOnly(ctx, ring, former, tokens, out.kept); err != nil {
		progress.done()
		return b.keyErrors(c, err)
	}
	progress.stage("writing")
	summary, err := state.Commit(ctx, out.files(ring), lockData)
	if err != nil {
		return err
	}
	var creds []string
	if b.creds != "" {
		b.whole = false // they are written one by one
		list, err := credentials(plan, ring)
		if err == nil {
			creds, err = ring.WriteCreds(b.creds, pr.out, list)
		}
		if err != nil {
			progress.done()
			return b.keyErrors(c, placed(plan, err))
		}
	}
	progress.done()
	return b.summarize(pr, plan, summary, creds)
}

// judge judges what a topology is found to be, and tokens of other parties that
// have expired. A locked build has no clock to see it.
func (b *builder) judge(pr *project, c *compiled, now int64) error {
	var expired hcl.Diagnostics
	if !b.locked && !c.diags.HasErrors() {
		expired = emit.ExpiredImports(c.topology, now)
	}
	return b.terminal.judge(pr, c, now, expired...)
}

// foreign refuses tokens in the output folder that no build made: they would
// be deployed with its own.
func (b *builder) foreign(pr *project, state *folder.Folder, layout *emit.Layout) error {
	var diags hcl.Diagnostics
	for _, name := range state.Foreign() {
		if strings.HasSuffix(name, ".jwt") && layout.Find(name) < 0 {
			diags = append(diags, diag.New("artifact-foreign", hcl.Range{Filename: filepath.ToSlash(filepath.Join(pr.out, filepath.FromSlash(name)))}, name))
		}
	}
	if len(diags) == 0 {
		return nil
	}
	return b.keyErrors(nil, diags)
}

// credentials are those of every user that is signed here. A user whose key the
// topology names may be somebody else's, who has the seed: without it there are
// none.
func credentials(plan *emit.Plan, ring *keys.Ring) (list []keys.Creds, err error) {
	named := func(t *emit.Token) bool { return t.User != nil && t.User.Src != nil && t.User.Src.PublicKey.IsSet() }
	var held []string
	if slices.ContainsFunc(plan.Tokens, named) {
		if held, err = ring.Held(); err != nil {
			return nil, err
		}
	}
	for _, t := range plan.Tokens {
		if t.User == nil {
			continue
		}
		if _, has := slices.BinarySearch(held, t.User.PublicKey); named(t) && !has {
			continue
		}
		c := keys.Creds{
			Path:  emit.FileName(t.Account.Name) + "/" + emit.FileName(t.User.Name) + ".creds",
			ID:    t.ID,
			Token: t.Text,
			Ended: func(public string) bool {
				_, revoked := plan.Lock.Revoked[lock.UserRevocationID(t.Account.PublicKey, public)]
				return revoked
			},
		}
		if _, unpinned := slices.BinarySearch(plan.Unpinned, t.ID); !unpinned {
			c.PublicKey = t.User.PublicKey
		}
		list = append(list, c)
	}
	return list, nil
}

// placed is a mistake about a key with its place in the topology.
func placed(plan *emit.Plan, err error) error {
	var key *keys.Error
	if errors.As(err, &key) {
		return hcl.Diagnostics{plan.KeyMistake(key)}
	}
	return err
}

// keyErrors tells mistakes about keys as diagnostics. A nil c is for those that
// point at no file of the topology.
func (t *terminal) keyErrors(c *compiled, err error) error {
	var diags hcl.Diagnostics
	var key *keys.Error
	switch {
	case errors.As(err, &diags):
	case errors.As(err, &key):
		diags = hcl.Diagnostics{key.Diagnostic()}
	default:
		return err
	}
	config := &schema.Config{}
	if c != nil {
		config = c.config
	}
	return t.tell(&compiled{diags: diag.Sort(diags), config: config}, hcl.DiagWarning)
}

// lockWouldChange ends a --locked build: the lock is not what the topology
// asks for.
func (b *builder) lockWouldChange(plan *emit.Plan, pr *project, c *compiled) error {
	var unpinned hcl.Diagnostics
	for _, id := range plan.Unpinned {
		unpinned = append(unpinned, diag.New("key-unpinned", plan.KeyPlace(id), id))
	}
	if len(unpinned) > 0 {
		b.keyErrors(c, unpinned) // the code to exit with is that of a lock that differs
		fmt.Fprintln(b.stderr)
	}
	changes := slices.DeleteFunc(plan.Changes(), func(c emit.Change) bool {
		_, told := slices.BinarySearch(plan.Unpinned, c.ID)
		return told
	})
	fmt.Fprintf(b.stderr, "%s would change; nothing was written.\n", diag.Sanitize(pr.lock))
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
		fmt.Fprintf(t.stderr, "jsc: waiting for another jsc that holds %s\n", diag.Sanitize(path))
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
