package emit

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// confWriter writes a server configuration. Values are always quoted strings,
// numbers or true and false; only keys stand bare. A bare $X would read the
// server's environment (SECURITY D5).
type confWriter struct {
	buf   bytes.Buffer
	depth int
	err   error // the first thing that could not be written
}

// bytes is the whole configuration.
func (c *confWriter) bytes() ([]byte, error) { return c.buf.Bytes(), c.err }

func (c *confWriter) text(key, value string) {
	quoted, err := quote(value)
	if err != nil {
		c.fail(fmt.Errorf("%s: %w", key, err))
	}
	c.line(key, quoted)
}

// textIf leaves an empty value out.
func (c *confWriter) textIf(key, value string) {
	if value != "" {
		c.text(key, value)
	}
}

func (c *confWriter) number(key string, value int64) { c.line(key, strconv.FormatInt(value, 10)) }

func (c *confWriter) flag(key string, value bool) { c.line(key, strconv.FormatBool(value)) }

func (c *confWriter) list(key string, values []string) {
	var quoted []string
	for _, v := range values {
		q, err := quote(v)
		if err != nil {
			c.fail(fmt.Errorf("%s: %w", key, err))
		}
		quoted = append(quoted, q)
	}
	c.line(key, "["+strings.Join(quoted, ", ")+"]")
}

// block writes what body writes inside of key { }.
func (c *confWriter) block(key string, body func()) {
	c.key(key)
	c.buf.WriteString(" {\n")
	c.depth++
	body()
	c.depth--
	c.indent()
	c.buf.WriteString("}\n")
}

// include takes in another file, whose path is relative to this one's.
func (c *confWriter) include(path string) {
	quoted, err := quote(path)
	if err != nil {
		c.fail(err)
	}
	c.buf.WriteString("include " + quoted + "\n")
}

func (c *confWriter) gap() { c.buf.WriteByte('\n') }

func (c *confWriter) line(key, value string) {
	c.key(key)
	c.buf.WriteString(": " + value + "\n")
}

// key writes a key, which no quoting can save: the server's parser knows no
// escapes there.
func (c *confWriter) key(key string) {
	if !bareKey(key) {
		c.fail(fmt.Errorf("%q cannot be a key of a server configuration", key))
	}
	c.indent()
	c.buf.WriteString(key)
}

func (c *confWriter) indent() {
	for range c.depth {
		c.buf.WriteString("  ")
	}
}

func (c *confWriter) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

// bareKey reports that the server's parser reads s as that key.
func bareKey(s string) bool {
	if s == "" || strings.EqualFold(s, "include") {
		return false
	}
	return !slices.ContainsFunc([]byte(s), func(b byte) bool { return !isFileByte(b) })
}

var errNUL = errors.New("a NUL byte cannot stand in a server configuration")

// quote is a string as nats-server's parser reads it back (conf/lex.go): in
// double quotes, with \", \\, \n, \r, \t, and \xNN for any other control byte
// and for what is no UTF-8. The parser takes NUL for the end of the file, so
// it is refused.
func quote(s string) (string, error) {
	if isPlain(s) {
		return `"` + s + `"`, nil
	}
	if strings.ContainsRune(s, 0) {
		return "", errNUL
	}
	var b strings.Builder
	b.WriteByte('"')
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f || r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02X`, s[0])
		default:
			b.WriteRune(r)
		}
		s = s[size:]
	}
	b.WriteByte('"')
	return b.String(), nil
}

// isPlain reports that s is printable ASCII that needs no escape, as tokens are.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < 0x20 || c > 0x7e || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
