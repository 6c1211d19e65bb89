package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/lint"
	"jsc/schema/diag"
)

func settings(t *testing.T, text string) *lint.Settings {
	t.Helper()
	s, diags := lint.ParseSettings(lint.SettingsFile, []byte(text))
	for _, d := range diags {
		t.Errorf("%s: %v", text, d)
	}
	return s
}

func TestSeverities(t *testing.T) {
	text := `
operator "O" {}
account "A" {
  user "u" {}
  user "b" {
    bearer = true
    publish { allow = ["x"] }
  }
}`
	s := settings(t, `
rule "user-unrestricted" { severity = "error" }
rule "bearer-user" { severity = "info" }
rule "no-account-limits" { severity = "off" }
rule "operator-identity-signs" { severity = "warning" }
`)
	var got []string
	for _, d := range findings(t, text, s) {
		got = append(got, diag.SeverityWord(d.Severity)+" "+diag.Of(d).Rule.Name)
	}
	want := []string{"warning operator-identity-signs", "error user-unrestricted", "info bearer-user"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNaming(t *testing.T) {
	s := settings(t, `
naming {
  account     = "[A-Z]+"
  stream      = "[A-Z]+"
  consumer    = "[a-z-]+"
  signing_key = "[0-9]{4}"
}`)
	text := `
operator "O" {
  signing_key "2026" {}
  signing_key "old" {}
}
account "A" {
  jetstream {}
  stream "Orders" {
    max_age = "1d"
    consumer "C1" {}
  }
  stream "x" {
    name    = "ORDERS"
    max_age = "1d"
  }
}
account "t" {
  for_each = toset(["a", "b"])
}`
	want := []string{
		`4 the name of signing_key "old" does not match "[0-9]{4}"`,
		`8 the name of stream "Orders" does not match "[A-Z]+"`,
		`10 the name of consumer "C1" does not match "[a-z-]+"`,
		`17 the name of account "t-a" does not match "[A-Z]+"`,
	}
	if diff := cmp.Diff(want, said(findings(t, text, s), "naming")); diff != "" {
		t.Error(diff)
	}
}

// Settings say what they may and nothing else.
func TestWrongSettings(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`keys = "exec:/bin/sh"`, "error unknown-attribute 1:1"},
		{`out = "/"`, "error unknown-attribute 1:1"},
		{`baseline = file("x")`, "error wrong-type 1:12"},
		{`baseline = "${1}"`, "error wrong-type 1:12"},
		{`baseline = 3`, "error wrong-type 1:12"},
		{`rule "bearer-usr" { severity = "off" }`, "warning unknown-rule 1:6"},
		{`rule "bearer-user" { severity = "of" }`, "error bad-value 1:33"},
		{`rule "bearer-user" { sevrity = "off" }`, "error unknown-attribute 1:22"},
		{`rule { severity = "off" }`, "error syntax 1:1"},
		{"rule \"bearer-user\" {\n  x {}\n}", "error unknown-block 2:3"},
		{`rule "key-retired" { severity = "off" }`, "error bad-value 1:33"},
		{`rule "secret-in-source" { severity = "warning" }`, "error bad-value 1:38"},
		{"rule \"naming\" {}\nrule \"naming\" { severity = \"off\" }\nrule \"naming\" { severity = \"off\" }", "error duplicate-name 3:6"},
		{`naming { account = "(" }`, "error bad-value 1:20"},
		{`naming { acount = "x" }`, "error unknown-attribute 1:10"},
		{`naming "x" { account = "x" }`, "error syntax 1:1"},
		{`exec { command = "x" }`, "error unknown-block 1:1"},
		{`rule "x" {`, "error syntax 1:10"},
	} {
		_, diags := lint.ParseSettings(lint.SettingsFile, []byte(c.text))
		var got string
		for _, d := range diags {
			got += fmt.Sprintf("%s %s %d:%d", diag.SeverityWord(d.Severity), diag.Of(d).Rule.Name, d.Subject.Start.Line, d.Subject.Start.Column)
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", c.text, got, c.want)
		}
	}
}

func TestBaseline(t *testing.T) {
	text := `
operator "O" {}
account "A" {
  user "u" {}
  user "v" {}
}`
	src := func(text string) map[string][]byte { return map[string][]byte{"main.hcl": []byte(text)} }
	judge := lint.Judge{Sources: src(text), Name: func(string) string { return "its/name.hcl" }}
	all := findings(t, text, nil)
	b, err := lint.ParseBaseline(judge.Accept(all).Encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lint.Accepted{Rule: "no-account-limits", File: "its/name.hcl", Line: `account "A" {`}, b.Findings[0]); diff != "" || len(b.Findings) != len(all) {
		t.Errorf("%d of %d findings; the first:\n%s", len(b.Findings), len(all), diff)
	}
	judge.Baseline = b
	if left := judge.Findings(all); len(left) != 0 {
		t.Errorf("known findings are told: %v", left)
	}
	// Lines that move stay known; a line that changes and one more of the same
	// are new.
	moved := "# more\n\n" + text + "\naccount \"B\" {\n  user \"v\" {}\n}\n"
	judge.Sources = src(moved)
	want := []string{`10 user "v" may do everything in account "B"`}
	if diff := cmp.Diff(want, said(judge.Findings(findings(t, moved, nil)), "user-unrestricted")); diff != "" {
		t.Error(diff)
	}
}

// What is fixed is in no baseline, and none hides it.
func TestBaselineOfFixedRules(t *testing.T) {
	d := hcl.Diagnostics{diag.New("bad-name", hcl.Range{Filename: "main.hcl"}, "x", "y")}
	judge := lint.Judge{Sources: map[string][]byte{"main.hcl": nil}}
	if b := judge.Accept(d); len(b.Findings) != 0 {
		t.Errorf("it is accepted: %v", b.Findings)
	}
	judge.Baseline = &lint.Baseline{FormatVersion: 1, Findings: []lint.Accepted{{Rule: "bad-name", File: "main.hcl"}}}
	if len(judge.Findings(d)) != 1 {
		t.Error("it is hidden")
	}
}

// What stands nowhere nothing would tell from what comes later.
func TestBaselineWithoutPlace(t *testing.T) {
	d := hcl.Diagnostics{diag.New("user-unrestricted", hcl.Range{}, "u", "A")}
	var judge lint.Judge
	if b := judge.Accept(d); len(b.Findings) != 0 {
		t.Errorf("it is accepted: %v", b.Findings)
	}
	judge.Baseline = &lint.Baseline{FormatVersion: 1, Findings: []lint.Accepted{{Rule: "user-unrestricted"}}}
	if len(judge.Findings(d)) != 1 {
		t.Error("it is hidden")
	}
}

func TestWrongBaselines(t *testing.T) {
	for _, text := range []string{``, `[]`, `{"format_version": 2, "findings": []}`, `{"format_version": 1, "findings": [], "keys": 1}`,
		`{"format_version": 1, "findings": []} {}`, `{}`} {
		if _, err := lint.ParseBaseline([]byte(text)); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}

// A topology may be one line of JSON: the baseline has of it what is near, and
// knows each finding again.
func TestBaselineOfLongLine(t *testing.T) {
	text := `{"operator":{"O":{}},"account":{`
	for i := range 50 {
		text += fmt.Sprintf(`"A%d":{"description":"%s"},`, i, strings.Repeat("é", 300))
	}
	text = strings.TrimSuffix(text, ",") + "}}"
	at := func(i int) *hcl.Range {
		b := strings.Index(text, fmt.Sprintf(`"A%d"`, i))
		return &hcl.Range{Filename: "t.hcl.json", Start: hcl.Pos{Line: 1, Byte: b, Column: b + 1}, End: hcl.Pos{Line: 1, Byte: b + 1, Column: b + 2}}
	}
	var found hcl.Diagnostics
	for i := range 50 {
		found = append(found, diag.New("no-account-limits", *at(i), fmt.Sprint(i)))
	}
	j := lint.Judge{Sources: map[string][]byte{"t.hcl.json": []byte(text)}}
	j.Baseline = j.Accept(found)
	encoded := j.Baseline.Encode()
	if len(encoded) > 100_000 {
		t.Errorf("the baseline has %d bytes", len(encoded))
	}
	var err error
	if j.Baseline, err = lint.ParseBaseline(encoded); err != nil {
		t.Fatal(err)
	}
	if left := j.Findings(found); len(left) > 0 {
		t.Errorf("%d findings are told again", len(left))
	}
}

// Instances of a family that have the same finding, in the same words, count.
func TestFindingsOfFamily(t *testing.T) {
	found := lint.Judge{}.Findings(findings(t, `
operator "O" {}
account "t" {
  for_each = toset(["x", "y"])
  user "u" {
    for_each = toset(["p", "q"])
    name     = each.key
    bearer   = true
  }
}`, nil))
	for _, d := range found {
		if x := diag.Of(d); x.Rule.Name == "bearer-user" {
			if x.More != 3 || x.Instance != `account.t["x"].user.u["p"]` {
				t.Errorf("in %s, and %d more", x.Instance, x.More)
			}
			return
		}
	}
	t.Errorf("no bearer is found: %v", found)
}
