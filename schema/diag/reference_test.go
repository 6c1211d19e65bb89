package diag

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// TestReference holds docs/rules.md to the table; -update writes it anew.
func TestReference(t *testing.T) {
	const name = "../../docs/rules.md"
	var b bytes.Buffer
	if err := Reference(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	is, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(is, b.Bytes()) {
		t.Errorf("%s is not what the table says; go test ./schema/diag -update", name)
	}
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
