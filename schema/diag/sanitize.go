package diag

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hidden reports whether r has no shape of its own and so can make people read
// something else than what machines do: control and format characters (bidi
// marks and zero-width ones among them), line and paragraph separators, and
// fillers. Tab and line feed count as well; the two variation selectors that
// choose between text and emoji do not.
func Hidden(r rune) bool {
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	if r == '\uFE0E' || r == '\uFE0F' {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// HiddenInName is Hidden for names and subjects, in which a variation selector
// would make a second one that looks the same.
func HiddenInName(r rune) bool {
	return Hidden(r) || r > unicode.MaxLatin1 && unicode.Is(unicode.Variation_Selector, r)
}

// Sanitize makes text from a topology safe to print on one line, in every
// format: hidden characters become \u{…}, line feeds and tabs too, bytes that
// are not UTF-8 \x{…}, and what has a seed's shape becomes [redacted].
func Sanitize(s string) string { return sanitize(s, "") }

// SanitizeLines is Sanitize for text of several lines: line feeds and tabs stay.
func SanitizeLines(s string) string { return sanitize(s, "\n\t") }

func sanitize(s, keep string) string {
	seed, length := FindSeed(s)
	if length == 0 && isPlain(s) {
		return s
	}
	var b strings.Builder
	for length > 0 {
		sanitizeRunes(&b, s[:seed], keep)
		b.WriteString("[redacted]")
		s = s[seed+length:]
		seed, length = FindSeed(s)
	}
	sanitizeRunes(&b, s, keep)
	return b.String()
}

func sanitizeRunes(b *strings.Builder, s, keep string) {
	for at := 0; at < len(s); {
		r, size := utf8.DecodeRuneInString(s[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(b, `\x{%02x}`, s[at])
		case Hidden(r) && !strings.ContainsRune(keep, r):
			fmt.Fprintf(b, `\u{%x}`, r)
		default:
			b.WriteString(s[at : at+size])
		}
		at += size
	}
}

// isPlain is true of nearly all text: printable ASCII.
func isPlain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] >= 0x7f {
			return false
		}
	}
	return true
}

// blotSeeds overwrites what has a seed's shape with stars of the same length,
// so that the positions of the rest stay. It returns line itself when there is none.
func blotSeeds(line []byte) []byte {
	seed, length := FindSeed(line)
	if length == 0 {
		return line
	}
	out := bytes.Clone(line)
	for at := 0; length > 0; {
		at += seed
		copy(out[at:], strings.Repeat("*", length))
		at += length
		seed, length = FindSeed(out[at:])
	}
	return out
}

// Guard returns a writer to w for text that GitHub's runner will read: "::" at
// the start of a line and "##[" anywhere, both of which begin a workflow
// command, come out broken up by an escape. All that a command prints under
// GITHUB_ACTIONS goes through it, save the github format, whose commands are
// meant, and texts that are data. What the formats for programs escape in their
// own way it leaves as it is.
func Guard(w io.Writer) io.Writer {
	return &guard{w: w, colon: `\u{3a}`, bracket: `\u{5b}`, lineStart: true}
}

// guard replaces the second colon and the bracket, so that nothing has to be
// kept back between two writes. What replaces them is each format's own way
// to write the character.
type guard struct {
	w              io.Writer
	colon, bracket string
	lineStart      bool // only white space, or a colon, so far
	colons, hashes int
	buf            []byte
}

func (g *guard) Write(p []byte) (int, error) {
	g.buf = g.buf[:0]
	for _, c := range p {
		switch {
		case c == ':' && g.lineStart && g.colons == 1:
			g.buf = append(g.buf, g.colon...)
		case c == '[' && g.hashes >= 2:
			g.buf = append(g.buf, g.bracket...)
		default:
			g.buf = append(g.buf, c)
		}
		g.see(c)
	}
	if _, err := g.w.Write(g.buf); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (g *guard) see(c byte) {
	switch {
	case c == '\n' || c == '\r':
		g.lineStart, g.colons = true, 0
	case c == ':' && g.lineStart && g.colons == 0:
		g.colons = 1
	case c <= ' ' || c >= utf8.RuneSelf: // the runner trims Unicode's white space; any other letter there may count as such
		g.lineStart = g.lineStart && g.colons == 0
	default:
		g.lineStart = false
	}
	if c == '#' {
		g.hashes++
	} else {
		g.hashes = 0
	}
}

// guarded applies g's replacements to a whole text.
func guarded(text []byte, colon, bracket string) []byte {
	var out bytes.Buffer
	g := &guard{w: &out, colon: colon, bracket: bracket, lineStart: true}
	g.Write(text) // a bytes.Buffer does not fail
	return out.Bytes()
}
