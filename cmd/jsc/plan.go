package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/diff"
	"jsc/emit/folder"
	"jsc/emit/git"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// planning is one run of plan.
type planning struct {
	*terminal
	place
	nowFlag  string
	format   string
	against  string
	exitCode bool
}

func newPlan(t *terminal) *cobra.Command {
	p := &planning{terminal: t}
	cmd := &cobra.Command{
		Use:   "plan [PATH]",
		Short: "What a build would change, what that does to what runs, and whom it breaks",
		Long: `Tell in words what a build would change: accounts, users, streams, consumers and
shares, with every token that is issued anew, what is revoked and every subject
that an account newly imports. Each change has its consequence: none, reload, push,
restart, hand-over, disconnects, data at risk. No key is needed, and nothing is
written.

It compares with the last build, or, by --against, with the topology and lock of a
git revision, which is read without touching the work tree.`,
		Example: `  jsc plan topology.hcl
  jsc plan topology.hcl --against origin/main --format markdown
  jsc plan topology.hcl --exit-code          exit 3 when something would change`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return p.run(cmd.Context(), pathOf(args)) },
	}
	f := cmd.Flags()
	p.place.flags(f)
	f.StringVar(&p.nowFlag, "now", "", "the moment to count from, RFC 3339 or Unix seconds (default: SOURCE_DATE_EPOCH, else the clock)")
	f.StringVar(&p.format, "format", "text", "text, json or markdown")
	f.StringVar(&p.against, "against", "", "git revision to compare with, in place of the last build")
	f.BoolVar(&p.exitCode, "exit-code", false, "exit 3 when something would change")
	return cmd
}

func (p *planning) run(ctx context.Context, path string) error {
	if err := oneOf("format", p.format, "text", "json", "markdown"); err != nil {
		return err
	}
	now, err := p.now(p.nowFlag)
	if err != nil {
		return err
	}
	pr, err := p.place.open(path)
	if err != nil {
		return err
	}
	progress := p.progress("planning")
	defer progress.done()
	view, err := folder.Read(ctx, pr.state, p.waiting)
	if err != nil {
		return err
	}
	defer view.Close()
	c, err := p.compileAll(ctx, pr, view)
	if err != nil {
		return err
	}
	if c.diags.HasErrors() {
		progress.done()
		return p.refused(c)
	}
	diags, err := expired(pr, c, now)
	if err != nil {
		return err
	}
	var from *before
	var plan *emit.Plan
	if !diags.HasErrors() {
		if from, plan, diags, err = p.states(ctx, pr, c, view, now); err != nil {
			return err
		}
	}
	if diags.HasErrors() {
		progress.done()
		c.diags = diags
		return p.refused(c)
	}
	report, err := compare(from, plan)
	progress.done()
	if err != nil {
		return err
	}
	if err := diff.Formats[p.format](report, p.stdout); err != nil {
		return err
	}
	if p.exitCode && !report.Empty() {
		return exit(exitDiffers)
	}
	return nil
}

// expired are the tokens of other parties that a build refuses because they have
// expired, as the team's settings and the comments in the topology let them stand.
func expired(pr *project, c *compiled, now int64) (hcl.Diagnostics, error) {
	found := emit.ExpiredImports(c.topology, now)
	if len(found) == 0 {
		return nil, nil
	}
	policy, _, err := readPolicy(pr, c.config.Sources)
	if err != nil {
		return nil, err
	}
	j, _ := judgement(pr, c, now, policy, false)
	return onlyErrors(j.Findings(found)), nil
}

// refused writes why there is no plan, in the format that a plan would have, and
// returns the exit that ends the command.
func (p *planning) refused(c *compiled) error {
	diags := diag.Sort(c.config.Redact(onlyErrors(c.diags)))
	var err error
	switch p.format {
	case "json":
		err = diag.WriteJSON(p.stdout, diag.ReportOf(diags))
	case "markdown":
		err = diff.Refused(diags, p.stdout)
	default:
		err = diag.Text(p.stdout, diags, diag.Options{Color: p.colored(p.stdout), Source: c.source})
	}
	return cmp.Or(err, error(exit(exitFailed)))
}

// before is what a plan compares with.
type before struct {
	against string
	lock    *lock.Lock // of a revision, as if that were built
	folder  diff.Folder
}

// lastBuild is what a plan compares with where no revision is named.
const lastBuild = "the last build"

// states are what to compare with, and the plan of what is compared.
func (p *planning) states(ctx context.Context, pr *project, c *compiled, view *folder.View, now int64) (*before, *emit.Plan, hcl.Diagnostics, error) {
	if p.against == "" {
		if r := view.Refused(pr.state); r != nil {
			return nil, nil, nil, r
		}
		plan, diags := emit.NewPlan(c.topology, c.lock, now)
		return &before{against: lastBuild, folder: view}, plan, diags, nil
	}
	if diags := emit.Foresee(c.topology, c.lock, now); diags.HasErrors() {
		return nil, nil, diags, nil
	}
	planned := alike(c, now)
	from, err := p.atRevision(ctx, pr, c, planned)
	if err != nil {
		return nil, nil, nil, err
	}
	plan := planned(c.topology, c.lock)
	plan.Since(from.lock)
	return from, plan, nil, nil
}

// compare compares with what a plan gives.
func compare(from *before, plan *emit.Plan) (*diff.Report, error) {
	old, err := diff.Read(from.folder, plan)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", from.against, err)
	}
	rendered, err := rendering(plan)
	if err != nil {
		return nil, err
	}
	rendered.NoTokens = true
	is, err := diff.Read(rendered, plan)
	if err != nil {
		return nil, fmt.Errorf("read what a build gives: %w", err)
	}
	return diff.Compare(old, is, plan, from.against), nil
}

// alike is how two revisions are planned to be compared: as they are built where
// that is done, without a clock, so that what is due is no difference between
// them; else as a build at now would.
func alike(c *compiled, now int64) func(*compiler.Topology, *lock.Lock) *emit.Plan {
	planned := func(t *compiler.Topology, l *lock.Lock) *emit.Plan {
		plan, _ := emit.NewLockedPlan(t, l)
		return plan
	}
	if len(planned(c.topology, c.lock).Changes()) == 0 {
		return planned
	}
	return func(t *compiler.Topology, l *lock.Lock) *emit.Plan {
		plan, _ := emit.NewPlan(t, l, now)
		return plan
	}
}

// rendering is the output folder of a plan, its tokens without signatures.
func rendering(plan *emit.Plan) (diff.Planned, error) {
	plan.NoSecrets = true
	if _, err := plan.Fill(func(string) string { return "" }); err != nil {
		return diff.Planned{}, err
	}
	layout, err := emit.NewLayout(plan, "")
	return diff.Planned{Layout: layout}, err
}

// atRevision is the topology of the revision that --against names, compiled with its
// lock. A key that its lock has not is the present one's: only other keys are
// changes.
func (p *planning) atRevision(ctx context.Context, pr *project, now *compiled, planned func(*compiler.Topology, *lock.Lock) *emit.Plan) (*before, error) {
	rev, err := git.Open(ctx, pr.root, p.against)
	if err != nil {
		return nil, err
	}
	defer rev.Close()
	tree, err := rev.Tree(pr.top, folder.MaxFile)
	if err != nil {
		return nil, err
	}
	f := &before{against: p.against, lock: lock.New()}
	if data, err := rev.File(pr.lock, folder.MaxFile); err != nil {
		return nil, err
	} else if data != nil {
		name := p.against + ":" + pr.lock
		l, diags := lock.Parse(name, data)
		if diags.HasErrors() {
			wrong := &compiled{diags: diags, config: &schema.Config{Sources: map[string][]byte{name: data}}}
			return nil, p.refused(wrong)
		}
		f.lock = l
	}
	if begun, err := pr.begun(tree, len(f.lock.Keys) > 0); err != nil {
		return nil, err
	} else if !begun {
		return &before{against: p.against, lock: lock.New(), folder: diff.Planned{}}, nil
	}
	topology, err := p.compileBefore(ctx, pr, tree, f.lock, now.lock)
	if err != nil {
		return nil, err
	}
	// As if the revision were built: what it leaves to a build is no change of
	// what came after, and was done as the present lock says. What is wrong with
	// it was so before.
	plan := planned(topology, f.lock)
	plan = planned(topology, builtSince(plan, f.lock, now.lock))
	f.lock = plan.Lock
	f.folder, err = rendering(plan)
	return f, err
}

// builtSince is a revision's lock with what the plan of a build on it changes, as
// far as that was built since.
func builtSince(plan *emit.Plan, was, is *lock.Lock) *lock.Lock {
	built := was.Clone()
	for _, t := range plan.Tokens {
		if issued, ok := is.Tokens[t.ID]; ok && t.State != emit.Kept {
			built.Tokens[t.ID] = issued
		}
	}
	for _, r := range plan.Revoked {
		if revoked, ok := is.Revoked[r.ID]; ok {
			built.Revoked[r.ID] = revoked
		}
	}
	return built
}

// compileBefore compiles the topology of a revision.
func (p *planning) compileBefore(ctx context.Context, pr *project, tree fs.FS, was, is *lock.Lock) (*compiler.Topology, error) {
	values, err := p.place.variables(pr.top, tree, pr.existing(tree))
	if err != nil {
		return nil, err
	}
	keys := func(id string) (string, bool) {
		if key, ok := pins(was)(id); ok {
			return key, true
		}
		return pins(is)(id)
	}
	c, err := p.compileFrom(ctx, pr, origin{tree, values, func(name string) string { return p.against + ":" + name }}, keys)
	if err != nil {
		return nil, err
	}
	if c.diags.HasErrors() {
		return nil, p.refused(c)
	}
	return c.topology, nil
}

// begun reports that a revision has the topology, and the environment: this has a
// var file or, where that is not in git, a lock that pins keys.
func (pr *project) begun(tree fs.FS, pinned bool) (bool, error) {
	if pr.envFile != "" && !pinned && !slices.Contains(pr.existing(tree), pr.envFile) {
		return false, nil
	}
	info, err := fs.Stat(tree, pr.path)
	if err == nil && info.IsDir() {
		var name string
		name, err = topologyIn(tree, pr.path)
		return name != "", err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return true, err
}

// existing are the var files that a revision has; one from elsewhere is the
// caller's, and there.
func (pr *project) existing(tree fs.FS) []string {
	var files []string
	for _, name := range pr.varFiles {
		rel, err := inside(pr.top, name)
		if err == nil {
			_, err = fs.Stat(tree, rel)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			files = append(files, name)
		}
	}
	return files
}
