package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/lint"
	"jsc/schema/diag"
)

// policyOf reads settings, and a baseline of findings RULE@LINE.
func policyOf(t *testing.T, name, settings, baseline string) lint.Policy {
	t.Helper()
	p := lint.Policy{File: name, BaselineFile: "known.json"}
	if settings != "" {
		s, diags := lint.ParseSettings(name, []byte(settings))
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		p.Settings = s
	}
	if baseline == "" {
		return p
	}
	p.Baseline = &lint.Baseline{FormatVersion: 1}
	for f := range strings.FieldsSeq(baseline) {
		rule, line, _ := strings.Cut(f, "@")
		p.Baseline.Findings = append(p.Baseline.Findings, lint.Accepted{Rule: rule, File: "t.hcl", Line: line})
	}
	return p
}

func TestWeakened(t *testing.T) {
	const off = `rule "bearer-user" { severity = "off" }`
	for _, c := range []struct {
		what                       string
		was, is, accepted, accepts string
		want                       string // findings, each as PLACE: MESSAGE
	}{
		{what: "nothing anywhere"},
		{what: "the same", was: off, is: off, accepted: "x@1", accepts: "x@1"},
		{what: "stricter", was: off, is: `rule "bearer-user" { severity = "error" }`, accepted: "x@1 y@2", accepts: "y@2"},
		{what: "off", is: off,
			want: ".jsc.hcl:1:33: bearer-user is off here, and warning on the base"},
		{what: "lower", is: "\n" + `rule "bearer-user" { severity = "info" }`,
			want: ".jsc.hcl:2:33: bearer-user is info here, and warning on the base"},
		{what: "no longer higher", was: `rule "bearer-user" { severity = "error" }`,
			want: ".jsc.hcl:0:0: bearer-user is warning here, and error on the base"},
		{what: "an error off", is: `rule "share-to-self" { severity = "off" }`,
			want: ".jsc.hcl:1:35: share-to-self is off here, and error on the base"},
		{what: "what reports this", is: `rule "policy-weakened" { severity = "off" }`,
			want: ".jsc.hcl:1:37: policy-weakened is off here, and error on the base"},
		{what: "names free", was: `naming { account = "[A-Z]+" }`, is: `naming { user = "[a-z]+" }`,
			want: `.jsc.hcl:0:0: the pattern for names of kind account is free here, and "[A-Z]+" on the base`},
		{what: "other names", was: `naming { account = "[A-Z]+" }`, is: `naming { account = ".+" }`,
			want: `.jsc.hcl:1:20: the pattern for names of kind account is ".+" here, and "[A-Z]+" on the base`},
		{what: "the first baseline", accepts: "x@1",
			want: "known.json:0:0: the baseline accepts what the base's does not: 1 finding"},
		{what: "one more of a kind", accepted: "x@1 y@1", accepts: "x@1 x@1 y@1",
			want: "known.json:0:0: the baseline accepts what the base's does not: 1 finding"},
		{what: "many more", accepted: "x@0", accepts: strings.Repeat("x@1 y@2 ", 10),
			want: "known.json:0:0: the baseline accepts what the base's does not: 20 findings"},
	} {
		is, was := policyOf(t, ".jsc.hcl", c.is, c.accepts), policyOf(t, "BASE:.jsc.hcl", c.was, c.accepted)
		var got []string
		for _, d := range is.Weakened(was) {
			if diag.Of(d).Rule.Name != "policy-weakened" {
				t.Errorf("%s: %s", c.what, diag.Of(d).Rule.Name)
			}
			got = append(got, fmt.Sprintf("%s:%d:%d: %s", d.Subject.Filename, d.Subject.Start.Line, d.Subject.Start.Column, d.Summary))
		}
		if got := strings.Join(got, "\n"); got != c.want {
			t.Errorf("%s:\n%s\nnot\n%s", c.what, got, c.want)
		}
	}
}

// What a baseline newly accepts is named, up to a screen full.
func TestWeakenedNotes(t *testing.T) {
	d := policyOf(t, "s", "", strings.Repeat("x@1 ", 14)).Weakened(lint.Policy{})[0]
	notes := diag.Of(d).Notes
	if len(notes) != 13 || notes[0].Text != "x in t.hcl: 1" || notes[12].Text != "… and 2 more" {
		t.Errorf("%d notes: %v", len(notes), notes)
	}
}

// A build lets stand what a team has made an error and then accepted: the rule
// itself asks for no error. Of the rules' own errors nothing can be accepted.
func TestBaselineOfRaisedRules(t *testing.T) {
	at := hcl.Range{Filename: "t.hcl", Start: hcl.Pos{Line: 1, Column: 1}}
	for _, rule := range []struct {
		name string
		left int
	}{{"bearer-user", 0}, {"share-to-self", 1}} {
		p := policyOf(t, ".jsc.hcl", `rule "`+rule.name+`" { severity = "error" }`, rule.name+"@x")
		j := lint.Judge{Settings: p.Settings, Baseline: p.Baseline, Sources: map[string][]byte{"t.hcl": []byte("x\n")}, KeepErrors: true}
		if got := j.Findings(hcl.Diagnostics{diag.New(rule.name, at, "u")}); len(got) != rule.left {
			t.Errorf("%s: %v", rule.name, got)
		}
	}
}
