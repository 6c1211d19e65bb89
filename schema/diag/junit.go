package diag

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/hashicorp/hcl/v2"
)

type junitSuites struct {
	XMLName  xml.Name   `xml:"testsuites"`
	Name     string     `xml:"name,attr"`
	Tests    int        `xml:"tests,attr"`
	Failures int        `xml:"failures,attr"`
	Skipped  int        `xml:"skipped,attr"`
	Suite    junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	File    string        `xml:"file,attr,omitempty"`
	Line    int           `xml:"line,attr,omitempty"`
	Failure *junitOutcome `xml:"failure"`
	Skipped *junitOutcome `xml:"skipped"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
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
	suite := junitSuite{Name: "jsc"}
	for _, d := range diags {
		f := findingOf(d)
		c := junitCase{Name: cmp.Or(f.Rule, f.Summary), Class: "jsc", File: Sanitize(f.File), Line: f.Line}
		if f.File != "" {
			c.Class = c.File
			c.Name = fmt.Sprintf("%s at %s:%d:%d", c.Name, c.File, max(f.Line, 1), max(f.Column, 1))
		}
		if fails(d.Severity) {
			c.Failure = &junitOutcome{Message: f.Summary, Type: f.Severity, Text: f.message()}
			suite.Failures++
		} else {
			c.Skipped = &junitOutcome{Message: f.Severity + ": " + f.Summary, Text: f.message()}
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{Name: "no findings", Class: "jsc"}}
	}
	suite.Tests = len(suite.Cases)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	if err := enc.Encode(junitSuites{Name: suite.Name, Tests: suite.Tests, Failures: suite.Failures, Skipped: suite.Skipped, Suite: suite}); err != nil {
		return err
	}
	b.WriteString("\n")
	_, err := w.Write(guarded(b.Bytes(), "&#58;", "&#91;"))
	return err
}
