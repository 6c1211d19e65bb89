package schema

import (
	"strings"
	"testing"
)

// TestTryLetsThrough holds that try and can give way to what has no value, and to
// nothing that is refused or comes too early.
func TestTryLetsThrough(t *testing.T) {
	seed := "SU" + strings.Repeat("A", 56)
	for _, test := range []struct{ call, want string }{
		{`file("none.txt")`, ""},
		{`tonumber("x")`, ""},
		{`jsondecode("[").x`, ""},
		{`file("../outside.txt")`, "file-outside-root"},
		{`upper(file(".hidden"))`, "file-outside-root"},
		{`fileexists("../outside.txt")`, "file-outside-root"},
		{`file("seed.txt")`, "secret-in-source"},
		{`templatefile("seed.txt", {})`, "secret-in-source"},
		{`templatefile("t.tmpl", {})`, "file-outside-root"},
		{`templatefile("wide.tmpl", {})`, "evaluation-limit"},
		{`try(file("seed.txt"))`, "secret-in-source"},
		{`file("latin.txt")`, "bad-value"},
		{`format("%99999d", 1)`, "evaluation-limit"},
	} {
		for _, around := range []string{`try(CALL, "fallback")`, `can(CALL)`, `try(try(CALL, 1), "fallback")`} {
			src := strings.Replace(around, "CALL", test.call, 1)
			_, diags := evaluate(t, files("seed.txt", seed, "latin.txt", "caf\xe9", "t.tmpl", `${file("../../x")}`, "wide.tmpl", `${format("%99999d", 1)}`), src)
			switch {
			case test.want == "" && diags.HasErrors():
				t.Errorf("%s: %s", src, said(diags[0]))
			case test.want != "" && (len(diags) != 1 || !strings.Contains(said(diags[0]), "["+test.want+"]")):
				t.Errorf("%s gives %d diagnostics: %v", src, len(diags), diags)
			}
		}
	}
}

// TestTryTooEarly holds that what is known only later is no lack of a value.
func TestTryTooEarly(t *testing.T) {
	_, diags := load1(t, `
account "B" {
  stream "Q" { subjects = ["b.>"] }
}
account "F" { for_each = toset(["x"]) }
account "A" {
  name = try("${account.B.name}-reports", "reports")
  stream "S" {
    subjects = [for s in try(account.B.stream.Q.subjects, ["fallback.>"]) : "copy.${s}"]
  }
  user "u" { for_each = can(account.F) ? {} : {} }
  description = try(account.B.stream.Q.subjects[0], "known by then")
}
`)
	hold(t, diags,
		"t.hcl:7 reference-cycle ~ t.hcl:2 account.B is declared here",
		"t.hcl:9 reference-cycle ~ t.hcl:3 account.B.stream.Q is declared here",
		"t.hcl:11 reference-cycle ~ t.hcl:5 account.F is declared here")
}
