package diag

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestReference holds docs/rules.md to the table; -update writes it anew.
func TestReference(t *testing.T) {
	const name = "../../docs/rules.md"
	page := reference()
	if *update {
		if err := os.WriteFile(name, page, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	is, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(is, page) {
		t.Errorf("%s is not what the table says; go test ./schema/diag -update", name)
	}
}

// reference is the documentation of all rules in markdown.
func reference() []byte {
	var b bytes.Buffer
	b.WriteString(`# Rules

Made from the table of rules in schema/diag; ` + "`jsc lint --rules`" + ` lists them and ` + "`jsc lint --explain NAME`" + `
shows one. Errors stop a build, warnings do not, infos are told by ` + "`jsc lint`" + ` alone. What has (!) can be
neither ignored nor lowered nor baselined; [lint.md](lint.md) says how the rest can.

A rule with the words "Stricter than nats-server" refuses what a server would take, and says what. All others refuse
what it refuses, drops or changes in silence; [a test](lint.md#the-truth-test) holds them to that.

| rule | severity | why |
| --- | --- | --- |
`)
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%s) | %s | %s |\n", r.Name, r.Name, r.Level(), strings.ReplaceAll(r.Why, "|", `\|`))
	}
	for _, r := range rules {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n%s\n%s\n", r.Name, r.Level(), r.Why, r.Mend)
		if r.Stricter != "" {
			fmt.Fprintf(&b, "\n**Stricter than nats-server:** %s\n", r.Stricter)
		}
		for _, e := range r.examples() {
			fmt.Fprintf(&b, "\n%s:\n\n```hcl\n%s\n```\n", e.title, strings.Trim(e.text, "\n"))
		}
	}
	return b.Bytes()
}

func TestExplain(t *testing.T) {
	var b bytes.Buffer
	if err := Explain(&b, Lookup("bearer-user")); err != nil {
		t.Fatal(err)
	}
	r := Lookup("bearer-user")
	for _, part := range []string{"bearer-user: warning\n", r.Why, r.Mend, "\n  operator \"RETAIL\" {}\n\n  account", "Mended:"} {
		if !strings.Contains(b.String(), part) {
			t.Errorf("it lacks %q:\n%s", part, b.String())
		}
	}
	b.Reset()
	if err := Explain(&b, Lookup("self-import")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "\nStricter than nats-server: The server takes ") {
		t.Errorf("%s", b.String())
	}
	b.Reset()
	if err := Explain(&b, Lookup("key-retired")); err != nil {
		t.Fatal(err)
	}
	if got := b.String(); !strings.HasPrefix(got, "key-retired: error (!)\n") || strings.Contains(got, "Mended") || !strings.Contains(got, "neither ignored") {
		t.Errorf("%s", got)
	}
}

func TestList(t *testing.T) {
	var b bytes.Buffer
	if err := List(&b); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != len(rules) {
		t.Errorf("%d lines for %d rules", len(lines), len(rules))
	}
	for i, r := range rules {
		if got := strings.Fields(lines[i]); got[0] != r.Name || got[1] != SeverityWord(r.Severity) || (got[2] == "(!)") != r.Fixed {
			t.Errorf("%s: %s", r.Name, lines[i])
		}
	}
}
