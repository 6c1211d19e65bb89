package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// How GitHub's runner writes what would end a message or a property of a
// workflow command (actions/toolkit, packages/core/src/command.ts).
var (
	githubMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// formatGitHub writes diagnostics as workflow commands, one a line, which GitHub
// shows as annotations in the pull request. The error is w's.
func formatGitHub(w io.Writer, diags hcl.Diagnostics, _ Options) error {
	var b bytes.Buffer
	for _, d := range diags {
		f := findingOf(d)
		fmt.Fprintf(&b, "::%s", severities[d.Severity].github)
		separator := " "
		property := func(name, value string) {
			fmt.Fprintf(&b, "%s%s=%s", separator, name, githubProperty.Replace(value))
			separator = ","
		}
		if f.File != "" {
			property("file", Sanitize(f.File))
		}
		if f.Line > 0 {
			property("line", fmt.Sprint(f.Line))
			property("endLine", fmt.Sprint(f.EndLine))
			if f.Line == f.EndLine { // GitHub refuses columns over several lines
				property("col", fmt.Sprint(f.Column))
				property("endColumn", fmt.Sprint(f.EndColumn))
			}
		}
		if f.Rule != "" {
			property("title", f.Rule)
		}
		fmt.Fprintf(&b, "::%s\n", githubMessage.Replace(f.message()))
	}
	// The commands are meant; the older form within one of their texts is not.
	_, err := w.Write(guarded(b.Bytes(), ":", `\u{5b}`))
	return err
}

// message is the whole finding in plain lines, for formats that show the place
// themselves.
func (f Finding) message() string {
	lines := []string{f.Summary}
	if f.Detail != "" {
		lines = append(lines, f.Detail)
	}
	for _, n := range f.Notes {
		if n.File == "" {
			lines = append(lines, "note: "+n.Text)
			continue
		}
		lines = append(lines, fmt.Sprintf("%s:%d:%d: note: %s", Sanitize(n.File), max(n.Line, 1), max(n.Column, 1), n.Text))
	}
	if f.Hint != "" {
		lines = append(lines, f.Hint)
	}
	if whose := f.whose(); whose != "" {
		lines = append(lines, whose)
	}
	return strings.Join(lines, "\n")
}
