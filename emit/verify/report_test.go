package verify

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"time"

	"jsc/compiler"
	"jsc/schema/diag"
)

// sample has a row of each result, and a name that must not reach a terminal
// or break XML as it is.
func sample() *Report {
	row := func(grant string, result Result, detail string) Row {
		return Row{
			Share: "x", Kind: "push", From: "A", To: "B\x1b[2J", User: "u", Grant: grant, Type: compiler.StreamType,
			Subject: "s.<&>", Local: "l", Result: result, Detail: detail, Duration: time.Millisecond,
		}
	}
	return &Report{Duration: time.Second, Rows: []Row{
		row("deliver", OK, ""), row("ack", failed, "nothing arrives"), row("fc", unproven, "needs ack"),
		{Share: "import/far", From: "X", To: "B", Grant: "import", Result: Elsewhere, Detail: "account X is external"},
	}}
}

func TestText(t *testing.T) {
	const want = `x (push)  A -> B\u{1b}[2J as u  3ms
  ok        deliver  stream  s.<&>
  failed    ack      stream  s.<&>  nothing arrives
  unproven  fc       stream  s.<&>  needs ack

import/far  X -> B  0s
  elsewhere  import      account X is external

1 ok, 1 failed, 1 unproven, 1 to be proved elsewhere in 1s
`
	if got := table(t, sample()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestDetailLines: several errors of one row are told on its line.
func TestDetailLines(t *testing.T) {
	var row Row
	row.add(failed, errors.Join(errors.New("one"), errors.New("two")).Error(), 0)
	if row.Detail != "one; two" {
		t.Errorf("the detail is %q", row.Detail)
	}
}

func TestJSON(t *testing.T) {
	var out strings.Builder
	if err := sample().JSON(&out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		FormatVersion int   `json:"format_version"`
		OK            bool  `json:"ok"`
		Rows          []Row `json:"rows"`
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.FormatVersion != 1 || got.OK || len(got.Rows) != 4 || got.Rows[1] != sample().Rows[1] {
		t.Errorf("got %s", out.String())
	}
	if strings.Contains(out.String(), `\u003e`) || !strings.Contains(out.String(), `"s.<&>"`) {
		t.Errorf("subjects are not readable in %s", out.String())
	}
	out.Reset()
	if err := new(Report).JSON(&out); err != nil || !strings.Contains(out.String(), `"rows": []`) {
		t.Errorf("an empty report is %s, %v", out.String(), err)
	}
}

func TestJUnit(t *testing.T) {
	var out strings.Builder
	if err := sample().JUnit(&out); err != nil {
		t.Fatal(err)
	}
	var got diag.JUnit
	if err := xml.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatalf("%v in\n%s", err, out.String())
	}
	if len(got.Suites) != 2 {
		t.Fatalf("%d suites in\n%s", len(got.Suites), out.String())
	}
	if got.Tests != 4 || got.Failures != 1 || got.Skipped != 2 {
		t.Errorf("the whole has %d tests, %d failures, %d skipped", got.Tests, got.Failures, got.Skipped)
	}
	if s := got.Suites[0]; s.Tests != 3 || s.Failures != 1 || s.Skipped != 1 || s.Time != "0.003" || s.Cases[1].Failure.Message != "nothing arrives" {
		t.Errorf("got\n%s", out.String())
	}
}

func TestReportOK(t *testing.T) {
	for result, want := range map[Result]bool{OK: true, Elsewhere: true, failed: false, unproven: false} {
		r := Report{Rows: []Row{{Result: OK}, {Result: result}}}
		if r.OK() != want {
			t.Errorf("a report with %s is OK: %v", result, r.OK())
		}
	}
}
