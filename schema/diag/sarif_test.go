package diag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// TestSARIF holds a log to the findings: TestSARIFSchema holds it to SARIF. Here:
// what is required, what points where, and which words and numbers may stand.
func TestSARIF(t *testing.T) {
	var b bytes.Buffer
	if err := formatSARIF(&b, findings(t), Options{Version: "1.2.3"}); err != nil {
		t.Fatal(err)
	}
	var log struct {
		Schema  string `json:"$schema"`
		Version string
		Runs    []struct {
			Tool struct {
				Driver struct {
					Name, Version string
					Rules         []struct {
						ID                                      string
						ShortDescription, FullDescription, Help struct{ Text, Markdown string }
						DefaultConfiguration                    struct{ Level string }
					}
				}
			}
			ColumnKind string
			Results    []struct {
				RuleID          string
				RuleIndex       *int
				Level           string
				Message         struct{ Text string }
				Locations       []json.RawMessage
				OccurrenceCount int
			}
		}
	}
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || log.Schema == "" || len(log.Runs) != 1 {
		t.Fatalf("version %q, schema %q, %d runs", log.Version, log.Schema, len(log.Runs))
	}
	run := log.Runs[0]
	driver := run.Tool.Driver
	if driver.Name != "jsc" || driver.Version != "1.2.3" || run.ColumnKind != "unicodeCodePoints" {
		t.Errorf("driver %q %q, columns in %q", driver.Name, driver.Version, run.ColumnKind)
	}
	levels := map[hcl.DiagnosticSeverity]string{fail: "error", warn: "warning", Info: "note"}
	if len(driver.Rules) != len(Rules()) {
		t.Fatalf("%d rules, the table has %d", len(driver.Rules), len(Rules()))
	}
	for i, r := range Rules() {
		got := driver.Rules[i]
		if got.ID != r.Name || got.DefaultConfiguration.Level != levels[r.Severity] {
			t.Errorf("rule %d is %s %s, want %s %s", i, got.ID, got.DefaultConfiguration.Level, r.Name, levels[r.Severity])
		}
		if got.ShortDescription.Text == "" || got.FullDescription.Text != r.Why || got.Help.Text == "" || got.Help.Markdown == "" {
			t.Errorf("%s lacks a text: %+v", r.Name, got)
		}
	}
	if len(run.Results) != len(findings(t)) {
		t.Fatalf("%d results of %d findings", len(run.Results), len(findings(t)))
	}
	for i, d := range findings(t) {
		got := run.Results[i]
		if got.RuleID != ruleName(d) || got.Level != levels[d.Severity] || got.Message.Text == "" {
			t.Errorf("result %d: %+v", i, got)
		}
		if got.RuleID != "" && (got.RuleIndex == nil || driver.Rules[*got.RuleIndex].ID != got.RuleID) {
			t.Errorf("%s: rule index %v", got.RuleID, got.RuleIndex)
		}
		if want := min(len(place(d).Filename), 1); len(got.Locations) != want {
			t.Errorf("%s: %d locations, want %d", got.RuleID, len(got.Locations), want)
		}
	}
}

func TestSARIFPlaces(t *testing.T) {
	src := "x\n  e\u0301 = 日本 # 👩‍👩‍👧\n"
	s := &sources{read: func(name string) []byte {
		if name == "gone.hcl" {
			return nil
		}
		return []byte(src)
	}}
	at := func(file string, column, end int) hcl.Range {
		return hcl.Range{Filename: file, Start: hcl.Pos{Line: 2, Column: column}, End: hcl.Pos{Line: 2, Column: end}}
	}
	for _, c := range []struct {
		at   hcl.Range
		want string
	}{
		{at("a.hcl", 7, 9), "a.hcl 2:8-2:10"}, // e and its accent are one character, but two code points
		{at("a.hcl", 12, 13), "a.hcl 2:13-2:18"},
		{at("gone.hcl", 7, 9), "gone.hcl 2:7-2:9"},
		{at("dir/with space/%ä.hcl", 3, 4), "dir/with%20space/%25%C3%A4.hcl 2:3-2:5"},
		{at("a:b.hcl", 1, 1), "./a:b.hcl 2:1-2:1"},
		{at("/abs/a.hcl", 1, 2), "file:///abs/a.hcl 2:1-2:2"},
		{hcl.Range{Filename: "whole.hcl"}, "whole.hcl"},
		{hcl.Range{Filename: "a.hcl", Start: hcl.Pos{Line: 2, Column: 3}}, "a.hcl 2:3-2:3"},
	} {
		p := s.physical(c.at)
		got := p.Artifact.URI
		if r := p.Region; r != nil {
			got += fmt.Sprintf(" %d:%d-%d:%d", r.StartLine, r.StartColumn, r.EndLine, r.EndColumn)
		}
		if got != c.want {
			t.Errorf("%v: %s, want %s", c.at, got, c.want)
		}
	}
}

// A column is the same from wherever it is counted.
func TestSARIFColumns(t *testing.T) {
	const text = "aé😀b\néé\n"
	s := &sources{read: func(string) []byte { return []byte(text) }}
	for _, at := range []int{1, 3, 8, 3, 7, 9, 11, 13, 11, 8} {
		p := hcl.Pos{Line: 1 + strings.Count(text[:at], "\n"), Byte: at}
		want := 1 + utf8.RuneCountInString(text[strings.LastIndexByte(text[:at], '\n')+1:at])
		if got := s.codePoints("t", p); got != want {
			t.Errorf("byte %d is column %d, want %d", at, got, want)
		}
	}
}
