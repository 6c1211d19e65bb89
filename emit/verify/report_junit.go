package verify

import (
	"fmt"
	"io"
	"time"

	"jsc/schema/diag"
)

// JUnit writes the report as JUnit XML: a suite for each importer of a share,
// a case for each grant; those that could not be
// tried are skipped. The error is w's.
func (r *Report) JUnit(w io.Writer) error {
	out := diag.JUnit{Name: "jsc verify", Time: seconds(r.Duration)}
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
			out.Suites = append(out.Suites, diag.JUnitSuite{Name: diag.Sanitize(name)})
		}
		suite := &out.Suites[len(out.Suites)-1]
		c := diag.JUnitCase{
			Name:  diag.Sanitize(fmt.Sprintf("%s %s %s", row.Grant, row.Type, row.Subject)),
			Class: suite.Name,
			Time:  seconds(row.Duration),
		}
		outcome := &diag.JUnitOutcome{Message: diag.Sanitize(row.Detail)}
		switch row.Result {
		case failed:
			c.Failure = outcome
		case unproven, Elsewhere:
			c.Skipped = outcome
		}
		took += row.Duration
		suite.Time = seconds(took)
		suite.Cases = append(suite.Cases, c)
	}
	return diag.WriteJUnit(w, out)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f", d.Seconds()) }
