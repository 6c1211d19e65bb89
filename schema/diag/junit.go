package diag

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"
)

// JUnit is a report in JUnit's XML, as CI systems read it. WriteJUnit counts.
type JUnit struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	junitCounts
	Time   string       `xml:"time,attr,omitempty"` // in seconds, as in all of it
	Suites []JUnitSuite `xml:"testsuite"`
}

// JUnitSuite are the cases of one thing.
type JUnitSuite struct {
	Name string `xml:"name,attr"`
	junitCounts
	Time  string      `xml:"time,attr,omitempty"`
	Cases []JUnitCase `xml:"testcase"`
}

type junitCounts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Skipped  int `xml:"skipped,attr"`
}

// JUnitCase is one case; it passed where it has no outcome.
type JUnitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Time    string        `xml:"time,attr,omitempty"`
	Failure *JUnitOutcome `xml:"failure"`
	Skipped *JUnitOutcome `xml:"skipped"`
}

// JUnitOutcome says why a case did not pass.
type JUnitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes a report, whose texts are sanitized. The start of a workflow
// command comes out as XML's escapes. The error is w's.
func WriteJUnit(w io.Writer, report JUnit) error {
	for i := range report.Suites {
		suite := &report.Suites[i]
		suite.junitCounts = junitCounts{Tests: len(suite.Cases)}
		for _, c := range suite.Cases {
			if c.Failure != nil {
				suite.Failures++
			}
			if c.Skipped != nil {
				suite.Skipped++
			}
		}
		report.Tests += suite.Tests
		report.Failures += suite.Failures
		report.Skipped += suite.Skipped
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(report); err != nil {
		return err
	}
	b.WriteString("\n")
	_, err := w.Write(guarded(b.Bytes(), "&#58;", "&#91;"))
	return err
}

// formatJUnit writes diagnostics as a JUnit report with a test case each: a failure
// where o.Fails says so, else a skipped one, so that it is seen and fails
// nothing. Without findings there is one case, passed: many readers take an
// empty report for a broken one. The error is w's.
func formatJUnit(w io.Writer, diags hcl.Diagnostics, o Options) error {
	fails := o.Fails
	if fails == nil {
		fails = func(s hcl.DiagnosticSeverity) bool { return s == hcl.DiagError }
	}
	suite := JUnitSuite{Name: "jsc"}
	for _, d := range diags {
		f := findingOf(d)
		c := JUnitCase{Name: cmp.Or(f.Rule, f.Summary), Class: "jsc", File: Sanitize(f.File), Line: f.Line}
		if f.File != "" {
			c.Class = c.File
			c.Name = fmt.Sprintf("%s at %s:%d:%d", c.Name, c.File, max(f.Line, 1), max(f.Column, 1))
		}
		if fails(d.Severity) {
			c.Failure = &JUnitOutcome{Message: f.Summary, Type: f.Severity, Text: f.message()}
		} else {
			c.Skipped = &JUnitOutcome{Message: f.Severity + ": " + f.Summary, Text: f.message()}
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []JUnitCase{{Name: "no findings", Class: "jsc"}}
	}
	return WriteJUnit(w, JUnit{Name: suite.Name, Suites: []JUnitSuite{suite}})
}
