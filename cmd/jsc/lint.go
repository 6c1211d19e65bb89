package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/spf13/cobra"

	"jsc/compiler/lint"
	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/git"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// linter is one run of lint.
type linter struct {
	*terminal
	place
	nowFlag       string
	format        string
	failOn        string
	rules         bool
	explain       string
	writeBaseline bool
	base          string
}

func newLint(t *terminal) *cobra.Command {
	l := &linter{terminal: t}
	cmd := &cobra.Command{
		Use:   "lint [PATH]",
		Short: "Tell all that is wrong with a topology, or not as somebody may expect",
		Long: `Tell all that is wrong with a topology, or not as somebody may expect: what a
build refuses, what it warns of, and what is worth knowing. No key is needed, and
nothing is written. It exits 1 when a finding is as severe as --fail-on says.

A comment jsc:ignore RULE REASON on a line, or above a block or an attribute,
ignores what is found there. The file .jsc.hcl beside the topology sets rules'
severities, patterns for names, and a baseline of findings that are accepted:

  rule "push-over-pull" { severity = "off" }   # error, warning, info or off
  naming { stream = "[A-Z]+" }                 # the whole name must match
  baseline = "lint-baseline.json"              # jsc lint --write-baseline makes it

With --base REV these are the revision's: a pull request cannot change what judges
it. Where its own are weaker, that is a finding, policy-weakened.`,
		Example: `  jsc lint topology.hcl
  jsc lint --fail-on warning --format sarif > findings.sarif
  jsc lint --base origin/main --format github
  jsc lint --explain share-consumer-create`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return l.run(cmd.Context(), args) },
	}
	f := cmd.Flags()
	l.place.flags(f)
	f.StringVar(&l.nowFlag, "now", "", "the moment to judge expiries by, RFC 3339 or Unix seconds (default: SOURCE_DATE_EPOCH, else the clock)")
	f.StringVar(&l.format, "format", "text", "text, json, sarif, github or junit; with --rules and --explain text or json")
	f.StringVar(&l.failOn, "fail-on", "error", "exit 1 from this severity on: error, warning, info or never")
	f.BoolVar(&l.rules, "rules", false, "list all rules")
	f.StringVar(&l.explain, "explain", "", "explain a rule, by its name")
	f.StringVar(&l.base, "base", "", "git revision whose .jsc.hcl and baseline count: what the pull request is against")
	f.BoolVar(&l.writeBaseline, "write-baseline", false, "accept what is found now, in the baseline that .jsc.hcl names")
	return cmd
}

// thresholds are the words of --fail-on: the mildest severity that fails.
var thresholds = map[string]hcl.DiagnosticSeverity{
	"error": hcl.DiagError, "warning": hcl.DiagWarning, "info": diag.Info, "never": hcl.DiagInvalid,
}

func (l *linter) run(ctx context.Context, args []string) error {
	if l.rules || l.explain != "" {
		if len(args) > 0 || l.rules && l.explain != "" {
			return usageError{errors.New("--rules and --explain stand alone")}
		}
		return l.describe()
	}
	format, err := formatOf(l.format)
	if err != nil {
		return err
	}
	if err := oneOf("fail-on", l.failOn, "error", "warning", "info", "never"); err != nil {
		return err
	}
	if l.base != "" && l.writeBaseline {
		return usageError{errors.New("--base and --write-baseline contradict each other: one judges by a revision's baseline, one writes the tree's")}
	}
	now, err := l.now(l.nowFlag)
	if err != nil {
		return err
	}
	pr, err := l.place.open(pathOf(args))
	if err != nil {
		return err
	}
	progress := l.progress("reading")
	defer progress.done()
	c, err := l.findings(ctx, pr, now)
	if err != nil {
		return err
	}
	progress.done()
	return l.report(pr, c, format)
}

// findings is a topology with all that is found in it.
func (l *linter) findings(ctx context.Context, pr *project, now int64) (*compiled, error) {
	view, err := folder.Read(ctx, pr.state, l.waiting)
	if err != nil {
		return nil, err
	}
	defer view.Close()
	c, err := l.compileAll(ctx, pr, view)
	if err != nil {
		return nil, err
	}
	sound := !c.diags.HasErrors()
	foresee := func() (refused hcl.Diagnostics) {
		if sound {
			// What a build would refuse besides. It is a build of one's own that it
			// judges, so that keys that are not made yet are no matter.
			refused = append(emit.Foresee(c.topology, c.lock, now), emit.ExpiredImports(c.topology, now)...)
		}
		return refused
	}
	if l.writeBaseline {
		c.diags = append(c.diags, foresee()...)
		return c, l.accept(pr, c, now)
	}
	p, wrong, err := readPolicy(pr, c.config.Sources)
	if err != nil {
		return nil, err
	}
	var weaker hcl.Diagnostics
	if l.base != "" {
		rev, err := git.Open(ctx, pr.root, l.base)
		if err != nil {
			return nil, err
		}
		defer rev.Close()
		if p, weaker, err = policyAgainst(pr, rev, p, c.config.Sources); err != nil {
			return nil, err
		}
	}
	var (
		j              lint.Judge
		found, refused hcl.Diagnostics
	)
	parallel.Do(2, func(i int) {
		if i == 0 {
			j, found = judgement(pr, c, now, p, true)
		} else {
			refused = foresee()
		}
	})
	// What a build refuses is no matter of opinion to somebody who does not
	// believe the tree.
	j.KeepErrors = l.base != ""
	c.diags = diag.Sort(slices.Concat(j.Findings(slices.Concat(found, refused, wrong)), weaker))
	return c, nil
}

// accept writes what is found now to the baseline, and leaves c with what no
// baseline can have.
func (l *linter) accept(pr *project, c *compiled, now int64) error {
	settings, wrong, err := readSettings(pr, c.config.Sources)
	if err != nil {
		return err
	}
	if settings == nil || settings.Baseline == "" {
		return usageError{errors.New(`--write-baseline needs baseline = "FILE" in .jsc.hcl, beside the topology`)}
	}
	j, found := judgement(pr, c, now, lint.Policy{Settings: settings}, true)
	found = append(found, wrong...)
	j.Baseline = j.Accept(j.Findings(found))
	c.diags = j.Findings(found)
	return writeBaseline(pr, settings, j.Baseline)
}

// report writes the findings and fails where they are as severe as that.
func (l *linter) report(pr *project, c *compiled, format diag.Format) error {
	fails := func(s hcl.DiagnosticSeverity) bool { return s <= thresholds[l.failOn] }
	failed := false
	var shown hcl.Diagnostics
	for _, d := range c.diags {
		failed = failed || fails(d.Severity)
		if !l.quiet || fails(d.Severity) {
			shown = append(shown, d)
		}
	}
	shown, source := pr.locate(format, shown, c.source)
	err := l.writeFindings(format, shown, diag.Options{Source: source, Fails: fails})
	if err == nil && format.Name == "text" && len(shown) > 0 && !l.quiet {
		_, err = fmt.Fprintf(l.stdout, "\n%s\n", tally(shown))
	}
	if err == nil && failed {
		err = exit(exitFailed)
	}
	return err
}

// tally counts findings by their severity, in words.
func tally(diags hcl.Diagnostics) string {
	counts := map[hcl.DiagnosticSeverity]int{}
	for _, d := range diags {
		counts[d.Severity]++
		if x := diag.Of(d); x != nil {
			counts[d.Severity] += x.More
		}
	}
	var words []string
	for _, s := range []hcl.DiagnosticSeverity{hcl.DiagError, hcl.DiagWarning, diag.Info} {
		if n := counts[s]; n > 0 {
			words = append(words, diag.Plural(n, diag.SeverityWord(s)))
		}
	}
	return strings.Join(words, ", ")
}

// ruleReport is a rule in the json of --rules and --explain.
type ruleReport struct {
	Name     string `json:"name"`
	Severity string `json:"severity"`
	Fixed    bool   `json:"fixed"` // can be neither ignored, lowered nor baselined
	Why      string `json:"why"`
	Mend     string `json:"mend"`
	Bad      string `json:"bad,omitempty"`
	Good     string `json:"good,omitempty"`
}

func reportOf(r *diag.Rule) ruleReport {
	return ruleReport{r.Name, diag.SeverityWord(r.Severity), r.Fixed, r.Why, r.Mend, r.Bad(), r.Good()}
}

// describe tells of the rules, or of one.
func (l *linter) describe() error {
	if err := oneOf("format", l.format, "text", "json"); err != nil {
		return err
	}
	var names []string
	list := struct {
		FormatVersion int          `json:"format_version"`
		Rules         []ruleReport `json:"rules"`
	}{FormatVersion: 1}
	for _, r := range diag.Rules() {
		names, list.Rules = append(names, r.Name), append(list.Rules, reportOf(r))
	}
	r := diag.Lookup(l.explain)
	switch {
	case l.rules && l.format == "json":
		return diag.WriteJSON(l.stdout, list)
	case l.rules:
		return diag.List(l.stdout)
	case r == nil:
		if near, ok := diag.Suggest(l.explain, names); ok {
			return usageError{fmt.Errorf("there is no rule %q; did you mean %s?", l.explain, near)}
		}
		return usageError{fmt.Errorf("there is no rule %q; jsc lint --rules lists them all", l.explain)}
	case l.format == "json":
		return diag.WriteJSON(l.stdout, struct {
			FormatVersion int `json:"format_version"`
			ruleReport
		}{1, reportOf(r)})
	}
	return diag.Explain(l.stdout, r)
}
