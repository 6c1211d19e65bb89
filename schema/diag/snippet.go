package diag

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
	"github.com/rivo/uniseg"
)

// sources finds lines in files, reading each file once.
type sources struct {
	read  func(filename string) []byte
	files map[string]sourceFile

	counted counted // see codePoints
}

type sourceFile struct {
	text   []byte
	starts []int // where each line begins
}

func (s *sources) file(name string) sourceFile {
	if f, ok := s.files[name]; ok {
		return f
	}
	var f sourceFile
	if s.read != nil && name != "" {
		f.text = s.read(name)
	}
	if f.text != nil {
		f.starts = append(f.starts, 0)
		for i, c := range f.text {
			if c == '\n' {
				f.starts = append(f.starts, i+1)
			}
		}
	}
	if s.files == nil {
		s.files = make(map[string]sourceFile)
	}
	s.files[name] = f
	return f
}

// line is the text of line n, counted from 1, without its end, and the offset
// where it begins.
func (f sourceFile) line(n int) (text []byte, start int, ok bool) {
	if n < 1 || n > len(f.starts) {
		return nil, 0, false
	}
	start = f.starts[n-1]
	text = f.text[start:]
	if n < len(f.starts) {
		text = f.text[start : f.starts[n]-1]
	}
	return bytes.TrimSuffix(text, []byte("\r")), start, true
}

// offset is p's offset in the line that begins at start: by p's byte where that
// fits the line, else (a place made by hand) by its column.
func offset(line []byte, start int, p hcl.Pos) int {
	if at := p.Byte - start; at >= 0 && at <= len(line) && (p.Byte > 0 || p.Column <= 1) {
		return at
	}
	at := 0
	for n := 1; n < p.Column && at < len(line); n++ {
		cluster, _, _, _ := uniseg.FirstGraphemeCluster(line[at:], -1)
		at += len(cluster)
	}
	return at
}

// snippet is a line of source made fit to print, and the part of it that is
// meant, in columns of a terminal.
type snippet struct {
	line          string
	before, width int
}

// Of a line longer than longLine bytes (JSON may have one of megabytes) only
// some before and after the place is shown.
const (
	longLine   = 200
	shownAhead = 40
)

// snippet returns the line where r begins; not ok when there is none to show.
func (s *sources) snippet(r hcl.Range) (snippet, bool) {
	line, start, ok := s.file(r.Filename).line(r.Start.Line)
	if !ok || r.Start.Line < 1 {
		return snippet{}, false
	}
	from, to := offset(line, start, r.Start), len(line)
	if r.End.Line == r.Start.Line {
		to = max(from, offset(line, start, r.End))
	}
	head, tail := "", ""
	if len(line) > longLine {
		lo, hi := runeStart(line, from-shownAhead), runeStart(line, from+longLine-shownAhead)
		if lo > 0 {
			head = "…"
		}
		if hi < len(line) {
			tail = "…"
		}
		// A seed is known by its whole length, so blot before the cut, but not
		// through megabytes.
		left, right := max(0, lo-seedLength), min(len(line), hi+seedLength)
		line = blotSeeds(line[left:right])[lo-left : hi-left]
		from, to = from-lo, min(to, hi)-lo
	} else {
		line = blotSeeds(line)
	}
	p := printer{}
	p.write(head)
	p.clusters(line[:from])
	before := p.column
	p.clusters(line[from:to])
	width := max(p.column-before, 1)
	p.clusters(line[to:])
	p.write(tail)
	return snippet{line: strings.TrimRight(p.text.String(), " "), before: before, width: width}, true
}

// runeStart is the start of the rune at offset at, within line.
func runeStart(line []byte, at int) int {
	at = min(max(at, 0), len(line))
	for at > 0 && at < len(line) && !utf8.RuneStart(line[at]) {
		at--
	}
	return at
}

// printer collects text and counts the columns that it takes.
type printer struct {
	text   strings.Builder
	column int
}

const tabWidth = 4

func (p *printer) clusters(b []byte) {
	for len(b) > 0 {
		cluster, rest, _, _ := uniseg.FirstGraphemeCluster(b, -1)
		if cluster[0] == '\t' {
			p.write(strings.Repeat(" ", tabWidth-p.column%tabWidth))
		} else {
			p.write(Sanitize(string(cluster)))
		}
		b = rest
	}
}

func (p *printer) write(s string) {
	p.text.WriteString(s)
	p.column += uniseg.StringWidth(s)
}
