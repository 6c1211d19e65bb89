package lint_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/lint"
	"jsc/schema"
	"jsc/schema/diag"
)

// Where a comment stands and what it reaches.
func TestIgnore(t *testing.T) {
	const one = `8 user "u" may do everything in account "A"`
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"none", `


operator "O" {}
account "A" {


  user "u" {}
}`, []string{one}},
		{"on the line above", `


operator "O" {}
account "A" {

  # jsc:ignore user-unrestricted it is a test
  user "u" {}
}`, nil},
		{"with slashes, and a further comment between", `


operator "O" {}
account "A" {
  // jsc:ignore user-unrestricted it is a test
  // The user.
  user "u" {}
}`, nil},
		{"in a comment of several lines", `


operator "O" {}
account "A" {
  /* jsc:ignore user-unrestricted it is
     a test */
  user "u" {}
}`, nil},
		{"at the end of the line", `


operator "O" {}
account "A" {


  user "u" {} # jsc:ignore user-unrestricted it is a test
}`, nil},
		{"an empty line parts them", `


operator "O" {}
account "A" {
  # jsc:ignore user-unrestricted it is a test

  user "u" {}
}`, []string{one}},
		{"a block around it is another thing", `


operator "O" {}
# jsc:ignore user-unrestricted it is a test
account "A" {

  user "u" {}
}`, []string{one}},
		{"another rule", `


operator "O" {}
account "A" {

  # jsc:ignore bearer-user it is a test
  user "u" {}
}`, []string{one}},
		{"a text is no comment", `


operator "O" {}
account "A" {
  info_url = "https://example.com/# jsc:ignore user-unrestricted x"
  tags = ["a"]
  user "u" {}
}`, []string{one}},
		{"beside a rule that is ignored on the same block", `


operator "O" {}
account "A" {
  # jsc:ignore bearer-user it is a test
  # jsc:ignore user-unrestricted it is a test
  user "u" { bearer = true }
}`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, said(findings(t, c.text, nil), "user-unrestricted", "bearer-user")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A comment above a block reaches what stands in the block, and in blocks
// without a name in it; one above an attribute all of the attribute's lines.
func TestIgnoreReaches(t *testing.T) {
	text := `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s"]
    max_age  = "1d"
  }
  # jsc:ignore unreachable-permission it is a test
  user "block" {
    publish {
      allow = ["x"]
    }
  }
  user "list" {
    publish {
      # jsc:ignore unreachable-permission it is a test
      allow = [
        "s",
        "x", "y",
      ]
      deny = ["z"]
    }
  }
  user "line" {
    publish {
      allow = [
        "x", # jsc:ignore unreachable-permission it is a test
        "y",
      ]
    }
  }
}`
	want := []string{`29 the permission of user "line" to publish "y" matches no subject of its account`}
	if diff := cmp.Diff(want, said(findings(t, text, nil), "unreachable-permission")); diff != "" {
		t.Error(diff)
	}
}

func TestIgnoreComments(t *testing.T) {
	text := `
operator "O" {}
account "A" {
  user "a" {} # jsc:ignore user-unrestricted
  user "b" {} # jsc:ignore user-unrestrited it is a test
  user "c" {} # jsc:ignore
}`
	got := findings(t, text, nil)
	want := []string{
		`4 jsc:ignore user-unrestricted gives no reason`,
		`5 there is no rule "user-unrestrited"`,
		`6 there is no rule ""`,
	}
	if diff := cmp.Diff(want, said(got, "ignore-without-reason", "unknown-rule")); diff != "" {
		t.Error(diff)
	}
	for _, d := range got {
		if x := diag.Of(d); d.Subject.Start.Line == 5 && x.Rule.Name == "unknown-rule" {
			if !strings.Contains(x.Hint, "user-unrestricted") || d.Subject.Start.Column != 28 {
				t.Errorf("column %d, hint %q", d.Subject.Start.Column, x.Hint)
			}
		}
	}
}

// What is fixed stays, and says that the comment has no effect. Another error
// is ignored, but not where errors are kept.
func TestIgnoreErrors(t *testing.T) {
	text := `
operator "O" {}
account "A" {
  jetstream {}
  # jsc:ignore bad-name it is a test
  # jsc:ignore stream-name it is a test
  stream "a\tb" {
    max_age = "1d"
  }
}`
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"main.hcl": {Data: []byte(text)}}, Path: "main.hcl"})
	diags = append(diags, diag.New("bad-name", config.Accounts[0].Streams[0].LabelOrNameRange(), "x", "y"))
	diags = append(diags, diag.New("stream-name", config.Accounts[0].Streams[0].LabelOrNameRange(), "it is bad"))
	got := lint.Judge{Sources: config.Sources}.Findings(diags)
	if len(got) != 1 || diag.Of(got[0]).Rule.Name != "bad-name" || len(diag.Of(got[0]).Notes) != 1 {
		t.Errorf("lint tells %v", got)
	}
	if len(diag.Of(diags[0]).Notes) != 0 {
		t.Error("what was given is changed")
	}
	got = lint.Judge{Sources: config.Sources, KeepErrors: true}.Findings(diags)
	if len(got) != 2 {
		t.Errorf("a build is told %v", got)
	}
}

// Comments in a file that does not parse do no harm.
func TestIgnoreInWreckage(t *testing.T) {
	for _, text := range []string{
		"# jsc:ignore syntax why\naccount \"A\" {", "}}}} # jsc:ignore syntax why", "a = [ # jsc:ignore syntax why\n",
		"x \"${ # jsc:ignore syntax why\n", "/* jsc:ignore syntax why", "# jsc:ignore syntax why", "\x00\xff # jsc:ignore syntax why",
		"a \"b\" c { # jsc:ignore syntax why",
	} {
		findings(t, text, nil)
	}
}

// Comments are looked up, not searched through: a file of nothing else ends.
func TestIgnoreManyComments(t *testing.T) {
	const n = 100_000
	text := "operator \"O\" {}\n" + strings.Repeat("# jsc:ignore user-unrestricted because\n", n) + "account \"A\" {}\n"
	at := hcl.Range{Filename: "t.hcl", Start: hcl.Pos{Line: n + 2, Column: 1, Byte: len(text) - 3}}
	var found hcl.Diagnostics
	for i := range n {
		found = append(found, diag.New("user-unrestricted", at, strconv.Itoa(i), "A"), diag.New("no-account-limits", at, strconv.Itoa(i)))
	}
	left := lint.Judge{Sources: map[string][]byte{"t.hcl": []byte(text)}}.Findings(found)
	if len(left) != 1 || diag.Of(left[0]).More != n-1 {
		t.Errorf("%d findings are left", len(left))
	}
}
