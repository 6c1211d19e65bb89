package diag

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

const (
	colorReset = "\x1b[0m"
	colorBold  = "\x1b[1m"
	colorFaint = "\x1b[2m"
	colorHelp  = "\x1b[1;32m"
)

// Text writes diagnostics for people: for each a line
// FILE:LINE:COL: SEVERITY: SUMMARY [rule-name], the source with the place
// underlined, other places as notes, and what to do. The error is w's.
func Text(w io.Writer, diags hcl.Diagnostics, o Options) error {
	out := bufio.NewWriter(w)
	t := &text{w: out, color: o.Color, sources: sources{read: o.Source}}
	for i, d := range diags {
		if i > 0 {
			t.printf("\n")
		}
		t.diagnostic(d)
	}
	return out.Flush()
}

type text struct {
	w       *bufio.Writer // keeps the first error until Flush
	color   bool
	sources sources
}

func (t *text) diagnostic(d *hcl.Diagnostic) {
	f, severity := findingOf(d), severities[d.Severity]
	t.position(place(d))
	t.printf("%s %s", t.paint(severity.color, f.Severity+":"), t.paint(colorBold, f.Summary))
	if f.Rule != "" {
		t.printf(" %s", t.paint(colorFaint, "["+f.Rule+"]"))
	}
	t.printf("\n")
	t.snippet(place(d), severity.color)
	if d.Detail != "" {
		t.printf("  %s\n", indent(SanitizeLines(d.Detail)))
	}
	x := Of(d)
	if x == nil {
		return
	}
	for _, n := range x.Notes {
		if n.Range.Filename == "" {
			t.printf("  ")
		}
		t.position(n.Range)
		t.printf("%s %s\n", t.paint(colorBold, "note:"), Sanitize(n.Text))
		t.snippet(n.Range, colorBold)
	}
	if x.Hint != "" {
		t.printf("  %s %s\n", t.paint(colorHelp, "help:"), indent(SanitizeLines(x.Hint)))
	}
	if whose := f.whose(); whose != "" {
		t.printf("  %s\n", whose)
	}
}

// position begins a line with a place. A whole file is its first character, so
// that every line with a place has the same form.
func (t *text) position(r hcl.Range) {
	if r.Filename == "" {
		return
	}
	t.printf("%s ", t.paint(colorBold, fmt.Sprintf("%s:%d:%d:",
		Sanitize(r.Filename), max(r.Start.Line, 1), max(r.Start.Column, 1))))
}

func (t *text) snippet(r hcl.Range, color string) {
	s, ok := t.sources.snippet(r)
	if !ok {
		return
	}
	number := fmt.Sprintf("%4d | ", r.Start.Line)
	blank := fmt.Sprintf("%*s", len(number), "| ")
	if s.line == "" {
		number = strings.TrimRight(number, " ")
	}
	t.printf("%s%s\n", t.paint(colorFaint, number), s.line)
	t.printf("%s%s%s\n", t.paint(colorFaint, blank), strings.Repeat(" ", s.before),
		t.paint(color, "^"+strings.Repeat("~", s.width-1)))
}

func (t *text) paint(color, s string) string {
	if !t.color {
		return s
	}
	return color + s + colorReset
}

func (t *text) printf(format string, args ...any) { fmt.Fprintf(t.w, format, args...) }

// indent puts the second and later lines of s under the first.
func indent(s string) string {
	return strings.ReplaceAll(strings.TrimRight(s, "\n"), "\n", "\n  ")
}
