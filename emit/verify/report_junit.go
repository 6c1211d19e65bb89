package verify

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"

	"jsc/schema/diag"
)

type junitSuites struct {
	XMLName xml.Name     `xml:"testsuites"`
	Name    string       `xml:"name,attr"`
	Time    string       `xml:"time,attr"`
	Suites  []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string        `xml:"name,attr"`
	Class   string        `xml:"classname,attr"`
	Time    string        `xml:"time,attr"`
	Failure *junitOutcome `xml:"failure"`
	Skipped *junitOutcome `xml:"skipped"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
}

// JUnit writes the report as JUnit XML: a suite for each importer of a share,
// a case for each grant; those that could not be
// tried are skipped. The error is w's.
func (r *Report) JUnit(w io.Writer) error {
	out := junitSuites{Name: "jsc verify", Time: seconds(r.Duration)}
	var took time.Duration
	for i := range r.Rows {
		row := &r.Rows[i]
		if i == 0 || !row.sameImporter(&r.Rows[i-1]) {
			took = 0
			name := fmt.Sprintf("%s: %s -> %s", row.Share, row.From, row.To)
			if row.Share == "" {
				name = "account " + row.From
				if row.User != "" {
					name += " as " + row.User
				}
			}
			out.Suites = append(out.Suites, junitSuite{Name: diag.Sanitize(name)})
		}
		suite := &out.Suites[len(out.Suites)-1]
		c := junitCase{
			Name:  diag.Sanitize(fmt.Sprintf("%s %s %s", row.Grant, row.Type, row.Subject)),
			Class: suite.Name,
			Time:  seconds(row.Duration),
		}
		outcome := &junitOutcome{Message: diag.Sanitize(row.Detail)}
		switch row.Result {
		case failed:
			c.Failure = outcome
			suite.Failures++
		case unproven, Elsewhere:
			c.Skipped = outcome
			suite.Skipped++
		}
		took += row.Duration
		suite.Tests++
		suite.Time = seconds(took)
		suite.Cases = append(suite.Cases, c)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
