// Package canonical lays JSON out as people review it: sorted by key, indented by
// two spaces, with < > & as they are. The bytes are those of encoding/json when
// it decodes into maps and encodes those; they are made without the maps, since a
// build of thousands of accounts spends most of its time on them otherwise.
package canonical

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
)

// Append appends JSON to out, sorted and indented, with a newline at its end.
// What is not valid JSON, or has a key twice in one object, is an error. Numbers
// keep their digits. data may be what out ends in.
func Append(out, data []byte) ([]byte, error) {
	w := writer{in: data, out: out}
	w.value(0)
	w.space()
	switch {
	case w.bad || w.at < len(data):
		return nil, errors.New("it is not JSON")
	case w.twice != "":
		return nil, errors.New("the key " + w.twice + " stands twice in an object")
	}
	return append(w.out, '\n'), nil
}

// deepest is how many objects and arrays encoding/json takes within each other.
const deepest = 10000

// writer reads a value and writes it at once; an object's members are put in
// order when it ends.
type writer struct {
	in    []byte
	at    int
	out   []byte
	bad   bool   // it is not JSON; nothing is read any further
	twice string // the first key that stands twice
}

// peek is the next byte; 0, which is no JSON, where there is none.
func (w *writer) peek() byte {
	if w.at < len(w.in) && !w.bad {
		return w.in[w.at]
	}
	return 0
}

// take goes behind one of some bytes, if that is next, and reports it.
func (w *writer) take(any string) bool {
	next := w.peek()
	for i := range len(any) {
		if any[i] == next && next != 0 {
			w.at++
			return true
		}
	}
	return false
}

func (w *writer) space() {
	for w.peek() <= ' ' && w.take(" \n\t\r") {
	}
}

// need is take for what must be next.
func (w *writer) need(any string) {
	if !w.take(any) {
		w.bad = true
	}
}

func (w *writer) line(depth int) {
	w.out = append(w.out, '\n')
	for range depth {
		w.out = append(w.out, "  "...)
	}
}

// value writes the value that comes next, and goes behind it.
func (w *writer) value(depth int) {
	w.space()
	switch w.peek() {
	case '{':
		w.object(depth)
	case '[':
		w.array(depth)
	case '"':
		w.text(w.string())
	case 't':
		w.word("true")
	case 'f':
		w.word("false")
	case 'n':
		w.word("null")
	default:
		w.number()
	}
}

// member is one of an object's.
type member struct {
	key        []byte // as Go has it
	name       []byte // as it was written
	begin, end int    // of what was written of it
}

func (w *writer) object(depth int) {
	w.begin(depth)
	var room [16]member
	members, ordered := room[:0], true
	first := len(w.out)
	for more := w.more('}'); more; more = w.next('}') {
		m := member{begin: len(w.out)}
		w.line(depth + 1)
		w.space()
		name, plain := w.string()
		w.text(name, plain)
		w.space()
		w.need(":")
		if w.bad {
			return
		}
		m.name, m.key = name, decoded(name, plain)
		w.out = append(w.out, ": "...)
		w.value(depth + 1)
		m.end = len(w.out)
		ordered = ordered && (len(members) == 0 || bytes.Compare(members[len(members)-1].key, m.key) < 0)
		members = append(members, m)
	}
	if !ordered && !w.bad {
		w.order(first, members)
	}
	if len(members) > 0 {
		w.line(depth)
	}
	w.out = append(w.out, '}')
}

// order puts the members that were written from first on in order.
func (w *writer) order(first int, members []member) {
	slices.SortStableFunc(members, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	end := len(w.out) // behind which they are first put in order
	for i, m := range members {
		if i > 0 {
			w.out = append(w.out, ',')
			if bytes.Equal(members[i-1].key, m.key) && w.twice == "" {
				w.twice = string(m.name)
			}
		}
		w.out = append(w.out, w.out[m.begin:m.end]...)
	}
	copy(w.out[first:], w.out[end:])
	w.out = w.out[:end]
}

func (w *writer) array(depth int) {
	w.begin(depth)
	empty := true
	for more := w.more(']'); more; more = w.next(']') {
		empty = false
		w.line(depth + 1)
		w.value(depth + 1)
	}
	if !empty {
		w.line(depth)
	}
	w.out = append(w.out, ']')
}

// begin goes into an object or array.
func (w *writer) begin(depth int) {
	w.bad = depth >= deepest
	w.out = append(w.out, w.in[w.at])
	w.at++
}

// more reports whether an object or array that begins has elements, and goes
// behind it if not.
func (w *writer) more(end byte) bool {
	w.space()
	if w.peek() != end {
		return !w.bad
	}
	w.at++
	return false
}

// next goes to the next element of an object or array, or behind its end.
func (w *writer) next(end byte) bool {
	w.space()
	if w.peek() == end {
		w.at++
		return false
	}
	w.need(",")
	w.out = append(w.out, ',')
	return !w.bad
}

// string goes behind the string that is next, and returns it with its quotes.
// It is plain if it stands for itself, however it is encoded: ASCII without
// escapes.
func (w *writer) string() (quoted []byte, plain bool) {
	begin := w.at
	w.need(`"`)
	plain = true
	for !w.bad && w.at < len(w.in) {
		c := w.in[w.at]
		w.at++
		switch {
		case c == '"':
			return w.in[begin:w.at], plain
		case c == '\\':
			plain = false
			w.escape()
		case c < ' ':
			w.bad = true
		case c >= 0x7f:
			plain = false
		}
	}
	w.bad = true
	return nil, false
}

// escape goes behind what follows a backslash.
func (w *writer) escape() {
	if !w.take("u") {
		w.need(`"\/bfnrt`)
		return
	}
	for range 4 {
		w.need("0123456789abcdefABCDEF")
	}
}

func (w *writer) word(word string) {
	if !bytes.HasPrefix(w.in[w.at:], []byte(word)) {
		w.bad = true
		return
	}
	w.at += len(word)
	w.out = append(w.out, word...)
}

func (w *writer) number() {
	begin := w.at
	w.take("-")
	if !w.take("0") {
		w.digits()
	}
	if w.take(".") {
		w.digits()
	}
	if w.take("eE") {
		w.take("+-")
		w.digits()
	}
	w.out = append(w.out, w.in[begin:w.at]...)
}

// digits goes behind digits, of which there must be one at least.
func (w *writer) digits() {
	const digits = "0123456789"
	w.need(digits)
	for w.take(digits) {
	}
}

// text writes a string as encoding/json does when it escapes no HTML.
func (w *writer) text(quoted []byte, plain bool) {
	if plain || w.bad {
		w.out = append(w.out, quoted...)
		return
	}
	if out, ok := appendHTML(w.out, quoted); ok {
		w.out = out
		return
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(string(decoded(quoted, plain))) // a string always can be
	w.out = append(w.out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// html are the characters that encoding/json escapes unless told not to.
var html = map[string]byte{`\u003c`: '<', `\u003e`: '>', `\u0026`: '&'}

// appendHTML appends a string with those in place of their escapes. It is not ok
// where there are others, or it is no ASCII.
func appendHTML(out, quoted []byte) (_ []byte, ok bool) {
	for i := 0; i < len(quoted); i++ {
		c := quoted[i]
		if c == '\\' {
			const length = len(`\u003c`)
			if c, ok = html[string(quoted[i:min(i+length, len(quoted))])]; !ok {
				return nil, false
			}
			i += length - 1
		}
		if c >= 0x7f {
			return nil, false
		}
		out = append(out, c)
	}
	return out, true
}

// decoded is a string without its quotes and escapes.
func decoded(quoted []byte, plain bool) []byte {
	if plain {
		return quoted[1 : len(quoted)-1]
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // it is valid
	return []byte(s)
}
