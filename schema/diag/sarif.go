package diag

import (
	"io"
	"net/url"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// The part of SARIF 2.1.0 (OASIS, errata 01) that jsc writes.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool       sarifTool     `json:"tool"`
		ColumnKind string        `json:"columnKind"`
		Results    []sarifResult `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string       `json:"id"`
		Short   sarifMessage `json:"shortDescription"`
		Full    sarifMessage `json:"fullDescription"`
		Help    sarifMessage `json:"help"`
		Default sarifConfig  `json:"defaultConfiguration"`
	}
	sarifConfig struct {
		Level string `json:"level"`
	}
	sarifMessage struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifResult struct {
		RuleID          string          `json:"ruleId,omitempty"`
		RuleIndex       *int            `json:"ruleIndex,omitempty"`
		Level           string          `json:"level"`
		Message         sarifMessage    `json:"message"`
		Locations       []sarifLocation `json:"locations,omitempty"`
		Related         []sarifLocation `json:"relatedLocations,omitempty"`
		OccurrenceCount int             `json:"occurrenceCount,omitempty"`
	}
	sarifLocation struct {
		ID       int            `json:"id,omitempty"`
		Physical *sarifPhysical `json:"physicalLocation,omitempty"`
		Message  *sarifMessage  `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"`
	}
)

// formatSARIF writes diagnostics as a SARIF 2.1.0 log with one run, whose rules are
// the whole table. The error is w's.
func formatSARIF(w io.Writer, diags hcl.Diagnostics, o Options) error {
	driver := sarifDriver{Name: "jsc", Version: o.Version}
	indexes := make(map[string]int)
	for i, r := range rules {
		driver.Rules = append(driver.Rules, sarifRuleOf(r))
		indexes[r.Name] = i
	}
	files := &sources{read: o.Source}
	results := []sarifResult{}
	for _, d := range diags {
		f := findingOf(d)
		res := sarifResult{
			RuleID:  f.Rule,
			Level:   severities[d.Severity].sarif,
			Message: sarifMessage{Text: f.message()},
		}
		if i, ok := indexes[f.Rule]; ok {
			res.RuleIndex = &i
		}
		if at := place(d); at.Filename != "" {
			res.Locations = []sarifLocation{{Physical: files.physical(at)}}
		}
		if x := Of(d); x != nil {
			for i, n := range x.Notes {
				if n.Range.Filename == "" {
					continue // its text is in the message
				}
				res.Related = append(res.Related, sarifLocation{
					ID: i + 1, Physical: files.physical(n.Range), Message: &sarifMessage{Text: Sanitize(n.Text)}})
			}
			if x.More > 0 {
				res.OccurrenceCount = x.More + 1
			}
		}
		results = append(results, res)
	}
	return WriteJSON(w, sarifLog{
		Schema:  "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
		Version: "2.1.0",
		Runs:    []sarifRun{{Tool: sarifTool{Driver: driver}, ColumnKind: "unicodeCodePoints", Results: results}},
	})
}

func sarifRuleOf(r *Rule) sarifRule {
	help := r.Why + "\n\n" + r.Mend + "\n"
	markdown := help
	if r.Bad() != "" {
		markdown += "\nRefused or warned of:\n\n```hcl\n" + strings.Trim(r.Bad(), "\n") + "\n```\n" +
			"\nMended:\n\n```hcl\n" + strings.Trim(r.Good(), "\n") + "\n```\n"
	}
	return sarifRule{
		ID:      r.Name,
		Short:   sarifMessage{Text: strings.ReplaceAll(r.Name, "-", " ")},
		Full:    sarifMessage{Text: r.Why},
		Help:    sarifMessage{Text: help, Markdown: markdown},
		Default: sarifConfig{Level: severities[r.Severity].sarif},
	}
}

// physical is a place as SARIF has it: a URI, relative where the file is, and
// columns in code points where the source is there to count them.
func (s *sources) physical(r hcl.Range) *sarifPhysical {
	u := url.URL{Path: filepath.ToSlash(string(blotSeeds([]byte(r.Filename))))}
	if filepath.IsAbs(r.Filename) {
		u.Scheme = "file"
	}
	p := &sarifPhysical{Artifact: sarifArtifact{URI: u.String()}}
	if r.Start.Line > 0 {
		if r.End.Line < r.Start.Line || r.End.Line == r.Start.Line && r.End.Column < r.Start.Column {
			r.End = r.Start
		}
		p.Region = &sarifRegion{
			StartLine: r.Start.Line, StartColumn: s.codePoints(r.Filename, r.Start),
			EndLine: r.End.Line, EndColumn: s.codePoints(r.Filename, r.End),
		}
	}
	return p
}

// codePoints is the column of a place, in code points from 1 on. Findings come in
// order and a file may be one line of megabytes, so it counts from the last place.
func (s *sources) codePoints(filename string, p hcl.Pos) int {
	line, start, ok := s.file(filename).line(p.Line)
	if !ok {
		return max(p.Column, 1)
	}
	to := offset(line, start, p)
	from := s.counted
	if from.file != filename || from.line != p.Line {
		from = counted{file: filename, line: p.Line}
	}
	if to >= from.to {
		from.points += utf8.RuneCount(line[from.to:to])
	} else {
		from.points -= utf8.RuneCount(line[to:from.to])
	}
	from.to = to
	s.counted = from
	return 1 + from.points
}

// counted is how many code points a line has up to a byte.
type counted struct {
	file             string
	line, to, points int
}
