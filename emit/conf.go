package emit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// confWriter writes a server configuration. Values are always quoted strings,
// numbers or true and false; only keys stand bare. A bare $X would read the
// server's environment (docs/security.md D5).
type confWriter struct {
	out   []byte
	depth int
	err   error // the first thing that could not be written
}

func (c *confWriter) text(key, value string) {
	c.line(key, func(out []byte) ([]byte, error) { return appendQuoted(out, value) })
}

// textIf leaves an empty value out.
func (c *confWriter) textIf(key, value string) {
	if value != "" {
		c.text(key, value)
	}
}

func (c *confWriter) number(key string, value int64) {
	c.line(key, func(out []byte) ([]byte, error) { return strconv.AppendInt(out, value, 10), nil })
}

func (c *confWriter) flag(key string, value bool) {
	c.line(key, func(out []byte) ([]byte, error) { return strconv.AppendBool(out, value), nil })
}

func (c *confWriter) list(key string, values []string) {
	c.line(key, func(out []byte) (_ []byte, err error) {
		out = append(out, '[')
		for i, v := range values {
			if i > 0 {
				out = append(out, ", "...)
			}
			if out, err = appendQuoted(out, v); err != nil {
				return out, err
			}
		}
		return append(out, ']'), nil
	})
}

// block writes what body writes inside of key { }.
func (c *confWriter) block(key string, body func()) {
	c.key(key)
	c.out = append(c.out, " {\n"...)
	c.depth++
	body()
	c.depth--
	c.indent()
	c.out = append(c.out, "}\n"...)
}

// include takes in another file, whose path is relative to this one's.
func (c *confWriter) include(path string) {
	var err error
	c.out, err = appendQuoted(append(c.out, "include "...), path)
	if err != nil {
		c.fail(err)
	}
	c.gap()
}

func (c *confWriter) gap() { c.out = append(c.out, '\n') }

// line writes a key with what value appends.
func (c *confWriter) line(key string, value func(out []byte) ([]byte, error)) {
	c.key(key)
	var err error
	c.out, err = value(append(c.out, ": "...))
	if err != nil {
		c.fail(fmt.Errorf("%s: %w", key, err))
	}
	c.gap()
}

// key writes a key, which no quoting can save: the server's parser knows no
// escapes there.
func (c *confWriter) key(key string) {
	if !bareKey(key) {
		c.fail(fmt.Errorf("%q cannot be a key of a server configuration", key))
	}
	c.indent()
	c.out = append(c.out, key...)
}

func (c *confWriter) indent() {
	for range c.depth {
		c.out = append(c.out, "  "...)
	}
}

// pass hands over what there is, where take takes a piece of that size.
func (c *confWriter) pass(take taker) {
	if c.err == nil {
		c.out, c.err = take.pass(c.out)
	}
}

func (c *confWriter) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// bareKey reports that the server's parser reads s as that key.
func bareKey(s string) bool { return isFileName(s) && !strings.EqualFold(s, "include") }

var errNUL = errors.New("a NUL byte cannot stand in a server configuration")

// appendQuoted appends a string as nats-server's parser reads it back
// (conf/lex.go): in double quotes, with \", \\, \n, \r, \t, and \xNN for any
// other control byte and for what is no UTF-8. The parser takes NUL for the end
// of the file, so it is refused.
func appendQuoted(out []byte, s string) ([]byte, error) {
	out = append(out, '"')
	if isPlain(s) {
		return append(append(out, s...), '"'), nil
	}
	if strings.ContainsRune(s, 0) {
		return out, errNUL
	}
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '"' || r == '\\':
			out = append(out, '\\', byte(r))
		case r == '\n':
			out = append(out, `\n`...)
		case r == '\r':
			out = append(out, `\r`...)
		case r == '\t':
			out = append(out, `\t`...)
		case r < 0x20 || r == 0x7f || r == utf8.RuneError && size == 1:
			out = fmt.Appendf(out, `\x%02X`, s[0])
		default:
			out = append(out, s[:size]...)
		}
		s = s[size:]
	}
	return append(out, '"'), nil
}

// isPlain reports that s is printable ASCII that needs no escape, as tokens are.
func isPlain[S string | []byte](s S) bool { return needs(s)&escape == 0 }

// What a byte needs where it stands between quotes.
const (
	escape     = 1 << iota
	escapeHTML // only where encoding/json escapes < > &
)

// needs is all that bytes need.
func needs[S string | []byte](s S) (all byte) {
	for i := range len(s) {
		all |= need[s[i]]
	}
	return all
}

var need = func() (need [256]byte) {
	for c := range need {
		if c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			need[c] = escape
		}
	}
	for _, c := range "<>&" {
		need[c] = escapeHTML
	}
	return need
}()
