package lint

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/canonical"
	"jsc/schema/diag"
)

// Baseline is a list of findings that a team has accepted, so that only new
// ones are told. A finding is known by its rule, its file and the line it
// stands in, as written: it stays known when the line moves, and is new when
// the line changes.
type Baseline struct {
	FormatVersion int        `json:"format_version"` // 1
	Findings      []Accepted `json:"findings"`       // sorted; never null
}

// Accepted are findings that the baseline has.
type Accepted struct {
	Rule  string `json:"rule"`
	File  string `json:"file,omitempty"`
	Line  string `json:"line,omitempty"`  // its text, without white space around it
	Count int    `json:"count,omitempty"` // how many; 1 when absent
}

// key is an Accepted without its count.
type key struct{ rule, file, line string }

// Accept is a baseline of findings that Findings gave. Those that no baseline
// can have are left out.
func (j Judge) Accept(diags hcl.Diagnostics) *Baseline {
	counts := map[key]int{}
	for _, d := range diags {
		if k, ok := j.key(d); ok {
			counts[k]++
		}
	}
	b := &Baseline{FormatVersion: 1, Findings: []Accepted{}}
	for k, n := range counts {
		a := Accepted{Rule: k.rule, File: k.file, Line: k.line}
		if n > 1 {
			a.Count = n
		}
		b.Findings = append(b.Findings, a)
	}
	slices.SortFunc(b.Findings, func(x, y Accepted) int {
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Rule, y.Rule), cmp.Compare(x.Line, y.Line))
	})
	return b
}

// ParseBaseline reads what Encode has written. The error says what is wrong
// with it, for people.
func ParseBaseline(data []byte) (*Baseline, error) {
	var b Baseline
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		return nil, fmt.Errorf("it is no baseline: %w", canonical.Fault(data, err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("there is more behind its end")
	}
	if b.FormatVersion != 1 {
		return nil, fmt.Errorf("its format_version is %d, and this jsc knows 1", b.FormatVersion)
	}
	return &b, nil
}

// Encode is the baseline as a file.
func (b *Baseline) Encode() []byte {
	var out bytes.Buffer
	if err := diag.WriteJSON(&out, b); err != nil {
		panic(err) // strings and numbers only
	}
	return out.Bytes()
}

func (a Accepted) key() key { return key{a.Rule, a.File, a.Line} }

// counts are how many findings of one kind are accepted; b may be nil.
func (b *Baseline) counts() map[key]int {
	counts := map[key]int{}
	if b != nil {
		for _, a := range b.Findings {
			counts[a.key()] += max(a.Count, 1)
		}
	}
	return counts
}

// unknown is diags without what the baseline has.
func (j Judge) unknown(diags hcl.Diagnostics) hcl.Diagnostics {
	if j.Baseline == nil {
		return diags
	}
	left := j.Baseline.counts()
	var out hcl.Diagnostics
	for _, d := range diags {
		if k, ok := j.key(d); ok && left[k] > 0 {
			left[k]--
			continue
		}
		out = append(out, d)
	}
	return out
}

// key is how the baseline knows a finding; false for one that stands, and for
// one without a place, which nothing would tell from later ones.
func (j Judge) key(d *hcl.Diagnostic) (key, bool) {
	if j.stands(d) || d.Subject == nil {
		return key{}, false
	}
	k := key{
		rule: diag.Of(d).Rule.Name,
		file: d.Subject.Filename,
		line: lineOf(j.Sources[d.Subject.Filename], d.Subject.Start.Byte),
	}
	if j.Name != nil {
		k.file = j.Name(k.file)
	}
	return k, true
}

// around is how many bytes of a line on either side of a finding the baseline
// knows. A file of one line is not repeated for each finding.
const around = 500

// lineOf is the line of a text around a byte, trimmed, or what is near in a long
// one.
func lineOf(text []byte, at int) string {
	if at < 0 || at >= len(text) {
		return ""
	}
	before, after := text[max(at-around, 0):at], text[at:min(at+around, len(text))]
	before = before[bytes.LastIndexByte(before, '\n')+1:]
	after, _, _ = bytes.Cut(after, []byte("\n"))
	return strings.ToValidUTF8(string(bytes.TrimSpace(slices.Concat(before, after))), "")
}
