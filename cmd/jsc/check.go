package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nkeys"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"jsc/compiler/lint"
	"jsc/emit/check"
	"jsc/emit/folder"
	"jsc/emit/git"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// trust are the flags that say what check believes.
type trust struct {
	operator string
	base     string
	require  bool
	unsigned bool
	accept   []string
	accepted map[string]string // by ID of a key, its public key
}

// trustFlags are their names.
var trustFlags = []string{"trust", "base", "require-trust", "accept-key", "unsigned"}

func (t *trust) flags(f *pflag.FlagSet) {
	f.StringVar(&t.operator, "trust", "", "the operator's public key, from outside the tree (default: JSC_TRUST)")
	f.StringVar(&t.base, "base", "", "git revision whose lock is believed: what the pull request is against")
	f.BoolVar(&t.require, "require-trust", false, "fail without a root of trust: --trust, or the operator in --base's lock")
	f.StringArrayVar(&t.accept, "accept-key", nil, "a key that may differ from --base's: ID=PUBLIC_KEY")
	f.BoolVar(&t.unsigned, "unsigned", false, "lock and output must be --base's: only its branch is built")
}

// settle reads what the flags and JSC_TRUST say.
func (t *trust) settle(getenv func(string) string) error {
	if t.operator == "" {
		t.operator = getenv("JSC_TRUST")
	}
	if t.operator != "" && !schema.IsPublicKey(t.operator, nkeys.PrefixByteOperator) {
		return usageError{errors.New("--trust and JSC_TRUST are an operator's public key, O…")}
	}
	if t.unsigned && t.base == "" {
		return usageError{errors.New("--unsigned needs --base REV: the revision whose lock and output must stay")}
	}
	t.accepted = map[string]string{}
	for _, a := range t.accept {
		id, key, _ := strings.Cut(a, "=")
		role, known := lock.Role(id)
		if !known || !schema.IsPublicKey(key, role) {
			return usageError{fmt.Errorf("--accept-key is ID=PUBLIC_KEY, as in account/A/user/u=U…, not %q", a)}
		}
		t.accepted[id] = key
	}
	return nil
}

// checking is one run of check.
type checking struct {
	*terminal
	place
	trust
	nowFlag string
	format  string
	targets targets
}

func newCheck(t *terminal) *cobra.Command {
	c := &checking{terminal: t}
	cmd := &cobra.Command{
		Use:   "check [PATH]",
		Short: "Are the committed lock and output what the topology says, and can they be believed?",
		Long: `Judge what is committed, without any key: every token must verify up to the
operator, the lock must say what the tokens say, and every file must be, to the
byte, what a build would write.

The operator to believe comes from outside the tree: --trust, or the lock of the
revision that --base names. Without, the outcome is "self-consistent only". With
--base, a weaker .jsc.hcl or baseline than the revision's is a finding too.

It exits 3 when no more is wrong than that a build is due (something is stale,
missing or expired), and 1 when something cannot be believed.`,
		Example: `  jsc check topology.hcl
  jsc check topology.hcl --base origin/main --require-trust --format github
  jsc check topology.hcl --base origin/main --unsigned --require-trust`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return c.run(cmd.Context(), pathOf(args)) },
	}
	f := cmd.Flags()
	c.place.flags(f)
	c.trust.flags(f)
	f.StringVar(&c.nowFlag, "now", "", "the moment to judge expiries by, RFC 3339 or Unix seconds (default: SOURCE_DATE_EPOCH, else the clock)")
	f.StringVar(&c.format, "format", "text", "text, json, sarif, github or junit")
	c.targets.flag(f, "a further form of the output that must be there")
	return cmd
}

// verdict is what a check comes to.
type verdict struct {
	diags   hcl.Diagnostics
	trusted bool
	said    []string // what else is to be known, in lines
	sources map[string][]byte
}

func (c *checking) run(ctx context.Context, path string) error {
	format, err := formatOf(c.format)
	if err != nil {
		return err
	}
	if err := c.targets.settle(); err != nil {
		return err
	}
	if len(c.targets) > 0 && c.unsigned {
		return usageError{errors.New("--unsigned takes what --base has, and no --target")}
	}
	if err := c.trust.settle(c.getenv); err != nil {
		return err
	}
	now, err := c.now(c.nowFlag)
	if err != nil {
		return err
	}
	pr, err := c.place.open(path)
	if err != nil {
		return err
	}
	progress := c.progress("checking")
	defer progress.done()
	view, err := folder.Read(ctx, pr.state, c.waiting)
	if err != nil {
		return err
	}
	defer view.Close()
	if c.base != "" && view.Interrupted() {
		// The view shows what the build would have left, and not what is committed.
		return fmt.Errorf("%s holds an interrupted build; jsc build finishes it", pr.out)
	}
	v, err := c.judge(ctx, pr, view, now)
	if err != nil {
		return err
	}
	progress.done()
	return c.report(pr, v, format)
}

// formatOf is a format of findings.
func formatOf(name string) (diag.Format, error) {
	var names []string
	for _, f := range diag.Formats() {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	return diag.Format{}, oneOf("format", name, names...)
}

// judge finds what is wrong. With a mistake in the lock or the topology, that
// is all there is to say.
func (c *checking) judge(ctx context.Context, pr *project, view *folder.View, now int64) (*verdict, error) {
	var (
		compiled *compiled
		mistakes hcl.Diagnostics
		err      error
	)
	parallel.Do(2, func(i int) {
		if i == 1 {
			view.Paths() // which takes as long, and says again what is wrong with it when it is asked for
			return
		}
		compiled, mistakes, err = c.compileBeside(ctx, pr, view)
	})
	if err != nil {
		return nil, err
	}
	v := &verdict{diags: onlyErrors(compiled.diags), sources: compiled.config.Sources}
	if mistakes.HasErrors() {
		v.diags = diag.Sort(mistakes)
	}
	if len(v.diags) > 0 {
		return v, nil
	}
	in := check.Input{
		Topology: compiled.topology, Lock: compiled.lock, LockData: compiled.lockData, LockPath: pr.lock, Folder: view, Out: pr.out, Now: now,
		Trust: c.trust.operator, Accept: c.accepted, Require: c.require, Targets: c.targets,
	}
	if c.base == "" {
		return v, c.believe(in, compiled.config, v)
	}
	rev, err := git.Open(ctx, pr.root, c.base)
	if err != nil {
		return nil, err
	}
	defer rev.Close()
	if in.Base, err = c.baseLock(pr, rev, v); err == nil && in.Base != nil && c.unsigned {
		in.Unsigned, err = baseState(pr, rev)
	}
	if err == nil && in.Base != nil {
		err = c.believe(in, compiled.config, v)
	}
	if err != nil {
		return nil, err
	}
	policy, _, err := readPolicy(pr, v.sources) // what is wrong with it, lint says
	if err != nil {
		return nil, err
	}
	_, weaker, err := policyAgainst(pr, rev, policy, v.sources)
	if err != nil {
		return nil, err
	}
	v.diags = append(v.diags, onlyErrors(weaker)...)
	var tracked *keys.Error
	if err = keys.CheckTracked(ctx, pr.root); errors.As(err, &tracked) {
		v.diags, err = append(v.diags, tracked.Diagnostic()), nil
	}
	v.diags = diag.Sort(v.diags)
	return v, err
}

// believe judges what is committed by what somebody outside the tree said.
func (c *checking) believe(in check.Input, config *schema.Config, v *verdict) error {
	r, err := check.Run(in)
	if err != nil {
		return err
	}
	standing := lint.Judge{Sources: config.Sources}.Standing(onlyErrors(r.Diagnostics))
	v.diags, v.trusted = config.Redact(standing), r.Trusted
	for _, id := range r.Waiting {
		v.said = append(v.said, fmt.Sprintf("%s signs from the next build on: servers must know it first", id))
	}
	if r.Why != "" && !slices.ContainsFunc(v.diags, func(d *hcl.Diagnostic) bool { return !check.Stale(d) }) {
		v.said = append(v.said, "self-consistent only: "+r.Why)
	}
	return nil
}

// onlyErrors are the errors among diagnostics: warnings are lint's.
func onlyErrors(diags hcl.Diagnostics) hcl.Diagnostics {
	var errs hcl.Diagnostics
	for _, d := range diags {
		if d.Severity == hcl.DiagError {
			errs = append(errs, d)
		}
	}
	return errs
}

// baseLock is the lock at a revision; empty where there was none, nil with the
// findings in v where it cannot be read.
func (c *checking) baseLock(pr *project, rev *git.Revision, v *verdict) (*lock.Lock, error) {
	data, err := rev.File(pr.lock, folder.MaxFile)
	if err != nil || data == nil {
		return lock.New(), err
	}
	name := rev.String() + ":" + pr.lock
	l, diags := lock.Parse(name, data)
	if diags.HasErrors() {
		v.diags, v.sources[name] = diag.Sort(diags), data
		return nil, nil
	}
	return l, nil
}

// baseState is lock and output at a revision.
func baseState(pr *project, rev *git.Revision) (*check.State, error) {
	data, err := rev.File(pr.lock, folder.MaxFile)
	if err != nil {
		return nil, err
	}
	out, err := rev.Tree(pr.out, folder.MaxFile)
	return &check.State{Lock: data, Folder: treeFolder{out}}, err
}

// checkReport is what check --format json prints.
type checkReport struct {
	diag.Report
	Trusted bool     `json:"trusted"` // false: the tokens agree among themselves, and that is all
	Stale   bool     `json:"stale"`   // a build is due, and nothing else is wrong
	Notes   []string `json:"notes"`
}

// report writes the findings; its error carries the exit code.
func (c *checking) report(pr *project, v *verdict, format diag.Format) error {
	code := exitDone
	for _, d := range v.diags {
		if !check.Stale(d) {
			code = exitFailed
		} else if code == exitDone {
			code = exitDiffers
		}
	}
	if format.Name == "json" {
		r := checkReport{diag.ReportOf(v.diags), v.trusted, code == exitDiffers, diag.OrEmpty(v.said)}
		if err := diag.WriteJSON(c.stdout, r); err != nil {
			return err
		}
		return ended(code)
	}
	shown, sources := pr.locate(format, v.diags, source(v.sources))
	if err := c.writeFindings(format, shown, diag.Options{Source: sources}); err != nil {
		return err
	}
	to := c.stdout
	if format.Name != "text" {
		to = c.stderr
	}
	switch {
	case c.quiet:
	case code == exitDone:
		what := "what the topology says"
		if c.unsigned {
			what = "those of " + diag.Sanitize(c.base) + ", as they should be: its branch is what is built"
		}
		fmt.Fprintf(to, "%s and %s are %s\n", diag.Sanitize(pr.lock), diag.Sanitize(pr.out), what)
	case format.Name == "text":
		fmt.Fprintf(to, "\n%s\n", v.outcome())
	}
	for _, line := range v.said {
		if !c.quiet {
			fmt.Fprintln(to, diag.Sanitize(line))
		}
	}
	return ended(code)
}

// outcome says what is to be done about the findings.
func (v *verdict) outcome() string {
	due, stale := 0, true
	for _, d := range v.diags {
		if check.Mended(d) {
			due++
		}
		stale = stale && check.Stale(d)
	}
	rest := len(v.diags) - due
	switch {
	case rest == 0 && !stale:
		return "keys were rotated and not built yet, and nothing else is wrong: jsc build mends it, jsc plan tells what it changes"
	case rest == 0:
		return "a build is due, and nothing else is wrong: jsc build mends it, jsc plan tells what it changes"
	case due == 0:
		return diag.Plural(rest, "finding") + " that no build mends: somebody has to look"
	}
	return diag.Plural(rest, "finding") + " that no build mends: somebody has to look; " + diag.Count(due) + " that one does"
}

// ended is the error that ends a command with a code.
func ended(code int) error {
	if code == exitDone {
		return nil
	}
	return exit(code)
}

// source reads what diagnostics point into.
func source(sources map[string][]byte) func(string) []byte {
	return func(name string) []byte { return sources[name] }
}
