package diff

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// No format lets a topology's words act.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{"::error::x", "##[group]x", "`a``b`", "[x](http://evil)", "<script>", "a\u202eb", "@everyone", "|x|", "\x1b[31m"} {
		r := &Report{
			Against: name, Breaks: []string{name},
			Changes:       []Change{{Kind: "account", Name: name, Action: Alter, Details: []string{name, "\n" + name}}},
			LocalSubjects: []LocalSubject{{name, name, "service", name}},
			Revoked:       []Revocation{{ID: name, Reason: name}},
			Waiting:       []string{name},
			Steps:         []Step{{"Do:", []string{name}}},
		}
		for format, write := range Formats {
			var b bytes.Buffer
			if err := write(r, &b); err != nil {
				t.Fatal(err)
			}
			out := b.String()
			if strings.ContainsAny(out, "\x1b\u202e\r") {
				t.Errorf("%s of %q has hidden characters: %q", format, name, out)
			}
			if format == "markdown" {
				spans(t, out, name)
			}
			if format == "json" {
				var back Report
				if err := json.Unmarshal([]byte(out), &back); err != nil {
					t.Errorf("json of %q: %v", name, err)
				}
				for _, line := range strings.Split(out, "\n") {
					if strings.HasPrefix(strings.TrimSpace(line), "::") {
						t.Errorf("json of %q begins a command: %q", name, line)
					}
				}
			}
		}
	}
}

// spans holds that a name stands in code spans only: that what is left without
// them is jsc's own text.
func spans(t *testing.T, markdown, name string) {
	t.Helper()
	for line := range strings.Lines(markdown) {
		rest, out := line, ""
		for {
			at := strings.IndexByte(rest, '`')
			if at < 0 {
				out += rest
				break
			}
			fence := rest[at : at+len(rest[at:])-len(strings.TrimLeft(rest[at:], "`"))]
			after := rest[at+len(fence):]
			end := closing(after, fence)
			if end < 0 {
				t.Errorf("a code span of %q is not closed: %q", name, line)
				return
			}
			out += rest[:at]
			rest = after[end+len(fence):]
		}
		for _, bad := range []string{"error", "group", "evil", "script", "everyone", "|x", "31m", "u{"} {
			if strings.Contains(out, bad) {
				t.Errorf("%q stands outside of code: %q", name, line)
			}
		}
	}
}

// closing is where a run of exactly as many backticks begins.
func closing(s, fence string) int {
	for i := 0; i < len(s); {
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if n == len(fence) {
			return i
		}
		i += max(n, 1)
	}
	return -1
}
