package diag

import (
	"io"

	"github.com/hashicorp/hcl/v2"
)

// Options are what a format may use; the zero Options are good for all.
type Options struct {
	// Source returns the text of a file, or nil when it is not there. Without
	// it no source is shown.
	Source func(filename string) []byte
	// Color asks the text format for ANSI colours.
	Color bool
	// Fails reports which severities fail the run: junit's failures. nil means
	// errors only.
	Fails func(hcl.DiagnosticSeverity) bool
	// Version is jsc's own, for sarif.
	Version string
}

// A Format writes diagnostics, in their order, in one of the forms that
// --format offers.
type Format struct {
	Name  string
	Write func(io.Writer, hcl.Diagnostics, Options) error
	// Commands says that its lines are commands that GitHub's runner is to obey:
	// no Guard may come between.
	Commands bool
}

// Formats returns the formats of findings, the default first.
func Formats() []Format {
	return []Format{
		{Name: "text", Write: Text},
		{Name: "json", Write: formatJSON},
		{Name: "sarif", Write: formatSARIF},
		{Name: "github", Write: formatGitHub, Commands: true},
		{Name: "junit", Write: formatJUnit},
	}
}

// severities are the words for a severity in every format that has its own.
var severities = map[hcl.DiagnosticSeverity]struct {
	word, github, sarif string
	color               string // ANSI, for text
}{
	hcl.DiagError:   {word: "error", github: "error", sarif: "error", color: "\x1b[1;31m"},
	hcl.DiagWarning: {word: "warning", github: "warning", sarif: "warning", color: "\x1b[1;33m"},
	Info:            {word: "info", github: "notice", sarif: "note", color: "\x1b[1;36m"},
}

// SeverityWord is a severity as users read and write it: error, warning or
// info; "" for none of these.
func SeverityWord(s hcl.DiagnosticSeverity) string { return severities[s].word }
