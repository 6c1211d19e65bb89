package lock

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// scanner reads the JSON of a lock from front to back, holding every place: it
// is what encoding/json cannot be here, strict about duplicates and able to say
// the line. The parser over it never recurses, so depth is bounded by the
// format. After the first error that leaves the rest unreadable, broken is set
// and every method returns zero values.
type scanner struct {
	filename string
	src      string
	pos      int
	broken   bool
	diags    hcl.Diagnostics
}

// phrase names a part of the lock in messages. It is put together when there is
// one: most of a lock is right.
type phrase struct{ of, before, name string }

func (p phrase) String() string { return p.of + p.before + p.name }

// text is a string of the source with its place, quotes included.
type text struct {
	value      string
	start, end int
}

// object reads an object, calling entry at each value.
func (s *scanner) object(what phrase, entry func(name text)) {
	s.open('{', what)
	for first := true; !s.broken; first = false {
		if first && s.accept('}') {
			return
		}
		name := s.text(phrase{"a name in ", what.before, what.name})
		if !s.accept(':') {
			s.fail("there must be a colon after a name in %s", what)
		}
		if s.broken {
			return
		}
		entry(name)
		if s.closed('}', what) {
			return
		}
	}
}

// texts reads an array of strings, calling entry with each.
func (s *scanner) texts(what phrase, entry func(text)) {
	s.open('[', what)
	for first := true; !s.broken; first = false {
		if first && s.accept(']') {
			return
		}
		t := s.text(what)
		if s.broken {
			return
		}
		entry(t)
		if s.closed(']', what) {
			return
		}
	}
}

func (s *scanner) open(bracket byte, what phrase) {
	if !s.accept(bracket) {
		s.fail("%s must begin with %q", what, bracket)
	}
}

// closed consumes the comma before a further entry, or the closing bracket.
func (s *scanner) closed(bracket byte, what phrase) bool {
	if s.broken || s.accept(',') {
		return false
	}
	if !s.accept(bracket) {
		s.fail("there must be a comma or %q here in %s", bracket, what)
	}
	return true
}

// text reads a string.
func (s *scanner) text(what phrase) text {
	s.space()
	start := s.pos
	if !s.accept('"') {
		s.fail("%s must be a string", what)
		return text{}
	}
	escaped, foreign := false, false
	for ; s.pos < len(s.src) && s.src[s.pos] != '"' && s.src[s.pos] >= 0x20; s.pos++ {
		if s.src[s.pos] == '\\' {
			escaped = true
			s.pos++
		} else if s.src[s.pos] >= utf8.RuneSelf {
			foreign = true
		}
	}
	if s.pos >= len(s.src) || s.src[s.pos] != '"' {
		s.pos = min(s.pos, len(s.src))
		s.fail("%s has no closing quote", what)
		return text{}
	}
	s.pos++
	raw := s.src[start:s.pos]
	value, ok := raw[1:len(raw)-1], true
	if foreign || escaped {
		value, ok = unquoted(raw)
	}
	if !ok {
		s.failAt(start, s.pos, "%s is not a string of valid UTF-8", what)
		return text{}
	}
	return text{value, start, s.pos}
}

// unquoted is the value of a string that does not stand as it is.
func unquoted(raw string) (value string, ok bool) {
	ok = utf8.ValidString(raw) && json.Unmarshal([]byte(raw), &value) == nil
	return value, ok
}

// integer reads a whole number, with the place of its digits.
func (s *scanner) integer(what phrase) (n int64, start, end int) {
	s.space()
	start = s.pos
	for s.pos < len(s.src) && strings.IndexByte("+-.eE0123456789", s.src[s.pos]) >= 0 {
		s.pos++
	}
	digits := s.src[start:s.pos]
	n, err := strconv.ParseInt(digits, 10, 64)
	var canonical [20]byte
	if err != nil || string(strconv.AppendInt(canonical[:0], n, 10)) != digits {
		s.failAt(start, s.pos, "%s must be a whole number", what)
		return 0, start, s.pos
	}
	return n, start, s.pos
}

// accept consumes c if it comes next, white space aside.
func (s *scanner) accept(c byte) bool {
	if s.broken {
		return false
	}
	s.space()
	if s.pos < len(s.src) && s.src[s.pos] == c {
		s.pos++
		return true
	}
	return false
}

func (s *scanner) space() {
	for s.pos < len(s.src) {
		switch s.src[s.pos] {
		case ' ', '\t', '\r', '\n':
			s.pos++
		default:
			return
		}
	}
}

// fail reports what makes the rest unreadable, at the next character.
func (s *scanner) fail(format string, args ...any) {
	end := s.pos
	if end < len(s.src) {
		_, size := utf8.DecodeRuneInString(s.src[end:])
		end += size
	}
	s.failAt(s.pos, end, format, args...)
}

func (s *scanner) failAt(start, end int, format string, args ...any) {
	if s.broken {
		return // the first is the cause, the rest follow from it
	}
	s.report(start, end, format, args...)
	s.broken = true
}

// mostMistakes is how many mistakes are worth telling: each counts lines.
const mostMistakes = 100

// report adds a mistake after which the rest can still be read.
func (s *scanner) report(start, end int, format string, args ...any) {
	if s.broken {
		return
	}
	s.diags = append(s.diags, invalid(s.place(start, end), format, args...))
	s.broken = len(s.diags) == mostMistakes
}

// place makes a range of two offsets. It counts lines from the top: only an
// error needs one.
func (s *scanner) place(start, end int) hcl.Range {
	return hcl.Range{Filename: s.filename, Start: s.at(start), End: s.at(end)}
}

func (s *scanner) at(offset int) hcl.Pos {
	before := s.src[:offset]
	line := strings.LastIndexByte(before, '\n') + 1
	return hcl.Pos{
		Line:   strings.Count(before, "\n") + 1,
		Column: utf8.RuneCountInString(before[line:]) + 1,
		Byte:   offset,
	}
}
