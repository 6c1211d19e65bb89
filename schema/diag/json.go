package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/hashicorp/hcl/v2"
)

// Report is the document of the json format.
type Report struct {
	FormatVersion int       `json:"format_version"` // 1; rises when a field changes its meaning or goes
	Diagnostics   []Finding `json:"diagnostics"`    // never null
}

// Finding is one diagnostic in the json format. Lines and columns count from 1,
// columns in characters as people see them; a finding without a place has no
// file, and one about a whole file no line.
type Finding struct {
	Rule      string        `json:"rule,omitempty"`
	Severity  string        `json:"severity"` // error, warning or info
	Summary   string        `json:"summary"`
	Detail    string        `json:"detail,omitempty"`
	File      string        `json:"file,omitempty"`
	Line      int           `json:"line,omitempty"`
	Column    int           `json:"column,omitempty"`
	EndLine   int           `json:"end_line,omitempty"`
	EndColumn int           `json:"end_column,omitempty"` // the first column after it
	Notes     []FindingNote `json:"notes,omitempty"`
	Hint      string        `json:"hint,omitempty"`     // what to do
	Instance  string        `json:"instance,omitempty"` // of a family: the address of the first that has it
	More      int           `json:"more,omitempty"`     // how many further instances of a family have it too
}

// FindingNote is another place that belongs to a finding.
type FindingNote struct {
	Text      string `json:"text"`
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"end_line,omitempty"`
	EndColumn int    `json:"end_column,omitempty"`
}

// formatJSON writes diagnostics as one indented Report. The error is w's.
func formatJSON(w io.Writer, diags hcl.Diagnostics, _ Options) error {
	return WriteJSON(w, ReportOf(diags))
}

// ReportOf is what formatJSON writes, for documents that say more: they embed it.
func ReportOf(diags hcl.Diagnostics) Report {
	report := Report{FormatVersion: 1, Diagnostics: []Finding{}}
	for _, d := range diags {
		report.Diagnostics = append(report.Diagnostics, findingOf(d))
	}
	return report
}

// findingOf is d with its text sanitized: what every format writes.
func findingOf(d *hcl.Diagnostic) Finding {
	at := place(d)
	f := Finding{
		Rule:      ruleName(d),
		Severity:  SeverityWord(d.Severity),
		Summary:   Sanitize(d.Summary),
		Detail:    SanitizeLines(d.Detail),
		File:      string(blotSeeds([]byte(at.Filename))),
		Line:      at.Start.Line,
		Column:    at.Start.Column,
		EndLine:   at.End.Line,
		EndColumn: at.End.Column,
	}
	if x := Of(d); x != nil {
		f.Hint, f.Instance, f.More = SanitizeLines(x.Hint), Sanitize(x.Instance), x.More
		for _, n := range x.Notes {
			f.Notes = append(f.Notes, FindingNote{
				Text:      Sanitize(n.Text),
				File:      string(blotSeeds([]byte(n.Range.Filename))),
				Line:      n.Range.Start.Line,
				Column:    n.Range.Start.Column,
				EndLine:   n.Range.End.Line,
				EndColumn: n.Range.End.Column,
			})
		}
	}
	return f
}

// whose says which instance of a family has it, and how many more have; "" for
// what is of none.
func (f Finding) whose() string {
	var words []string
	if f.Instance != "" {
		words = append(words, "in "+f.Instance)
	}
	if f.More > 0 {
		words = append(words, fmt.Sprintf("and %d more like it", f.More))
	}
	return strings.Join(words, ", ")
}

// WriteJSON writes v indented, as every document of jsc's for programs. Hidden
// characters, which only a file's name can still have, and the start of a
// workflow command come out as JSON's escapes: safe to look at, and the same
// data. The error is w's, or that v is no JSON.
func WriteJSON(w io.Writer, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(guarded(escapeHidden(b.Bytes()), `\u003a`, `\u005b`))
	return err
}

// OrEmpty is a list that JSON has as [] where it is nil.
func OrEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// escapeHidden writes hidden characters of a JSON text, which can stand in its
// strings only, as \u and four digits.
func escapeHidden(text []byte) []byte {
	hidden := func(r rune) bool { return r != '\n' && Hidden(r) }
	if !bytes.ContainsFunc(text, hidden) {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		switch {
		case !hidden(r):
			out.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, r)
		}
	}
	return out.Bytes()
}
