package diag

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

func TestSnippet(t *testing.T) {
	long := strings.Repeat("x", 5000) + `"here"` + strings.Repeat("y", 5000)
	seed := seedShaped("A")
	stars := strings.Repeat("*", len(seed))
	line := func(from, to int) hcl.Range { // on line 1, by bytes
		return hcl.Range{Filename: "f", Start: hcl.Pos{Line: 1, Column: from + 1, Byte: from}, End: hcl.Pos{Line: 1, Column: to + 1, Byte: to}}
	}
	columns := func(from, to int) hcl.Range { // a place that somebody made without bytes
		return hcl.Range{Filename: "f", Start: hcl.Pos{Line: 2, Column: from}, End: hcl.Pos{Line: 2, Column: to}}
	}
	for _, c := range []struct {
		name, src string
		at        hcl.Range
		line      string
		marked    string // what the underline covers, where it first stands
		column    int    // where the underline begins instead
	}{
		{"word", "a = b\n", line(4, 5), "a = b", "b", 0},
		{"at the end of the line", "a =\nb", line(3, 3), "a =", "", 0},
		{"carriage return", "a = b\r\n", line(4, 5), "a = b", "b", 0},
		{"tab within", "a\tb", line(2, 3), "a   b", "b", 0},
		{"tab marked", "\ta", line(0, 1), "    a", "    ", 0},
		{"to the next lines", "a = {\n}", hcl.Range{Filename: "f", Start: hcl.Pos{Line: 1, Column: 5, Byte: 4}, End: hcl.Pos{Line: 2, Column: 2, Byte: 7}}, "a = {", "{", 0},
		{"by columns", "x\nä = 日本\n", columns(5, 7), "ä = 日本", "日本", 0},
		{"column behind the end", "x\nab\n", columns(9, 12), "ab", "", 0},
		{"control character", "a = \"\x1b[0m\"", line(4, 10), `a = "\u{1b}[0m"`, `"\u{1b}[0m"`, 0},
		{"not UTF-8", "a = \xff!", line(4, 5), `a = \x{ff}!`, `\x{ff}`, 0},
		{"end before start", "abcdef", line(4, 2), "abcdef", "", 0},
		{"long line", long, line(5000, 5006), "…" + strings.Repeat("x", 40) + `"here"` + strings.Repeat("y", 154) + "…", `"here"`, 0},
		{"long line marked whole", long, line(0, len(long)), strings.Repeat("x", 160) + "…", strings.Repeat("x", 160), 0},
		{"seed", `a = "` + seed + `"`, line(4, 6+len(seed)), `a = "` + stars + `"`, `"` + stars + `"`, 0},
		{"half a seed marked", `a = "` + seed + `"`, line(20, 30), `a = "` + stars + `"`, stars[:10], 20},
		{"seed across the cut", strings.Repeat("-", 300) + seed + "-" + strings.Repeat("x", 300), line(310, 312),
			"…" + strings.Repeat("-", 30) + stars + "-" + strings.Repeat("x", 111) + "…", "**", 41},
	} {
		s := sources{read: func(string) []byte { return []byte(c.src) }}
		got, ok := s.snippet(c.at)
		if !ok || got.line != c.line {
			t.Errorf("%s: %v\n%q, want\n%q", c.name, ok, got.line, c.line)
			continue
		}
		before, _, _ := strings.Cut(c.line, c.marked)
		if c.marked != "" {
			var p printer
			p.write(before)
			start := p.column
			p.write(c.marked)
			width := p.column - start
			if c.column > 0 {
				start = c.column
			}
			if got.before != start || got.width != width {
				t.Errorf("%s: underlined %d at %d, want %d at %d", c.name, got.width, got.before, width, start)
			}
		} else if got.width != 1 {
			t.Errorf("%s: a place without extent is underlined %d wide", c.name, got.width)
		}
	}
}

func TestSnippetOfNoSource(t *testing.T) {
	s := sources{}
	place := hcl.Range{Filename: "f", Start: hcl.Pos{Line: 1, Column: 1}}
	if _, ok := s.snippet(place); ok {
		t.Error("a snippet without any source")
	}
	reads := 0
	s = sources{read: func(name string) []byte { reads++; return []byte("one line") }}
	for _, at := range []hcl.Range{{}, {Filename: "f"}, {Filename: "f", Start: hcl.Pos{Line: 2, Column: 1}}, {Filename: "f", Start: hcl.Pos{Line: -1}}} {
		if got, ok := s.snippet(at); ok {
			t.Errorf("%v: a snippet %q", at, got.line)
		}
	}
	if reads != 1 {
		t.Errorf("the file was read %d times", reads)
	}
}
