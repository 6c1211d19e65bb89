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
	"strings"
)

// Indent returns JSON sorted and indented, with a newline at its end. What is
// not valid JSON, or has a key twice in one object, is an error. Numbers keep
// their digits.
func Indent(data []byte) ([]byte, error) {
	if !json.Valid(data) {
		return nil, errors.New("it is not JSON")
	}
	w := writer{in: data, out: make([]byte, 0, 2*len(data))}
	w.value(0)
	if w.twice != "" {
		return nil, errors.New("the key " + w.twice + " stands twice in an object")
	}
	return append(w.out, '\n'), nil
}

// writer walks through JSON that is known to be valid.
type writer struct {
	in    []byte
	at    int
	out   []byte
	twice string // the first key that stands twice
}

// member is one of an object's, as it lies in the input.
type member struct {
	key   string // as Go has it
	name  []byte // as it was written
	value int    // where its value begins
}

func (w *writer) space() {
	for w.at < len(w.in) && (w.in[w.at] == ' ' || w.in[w.at] == '\n' || w.in[w.at] == '\t' || w.in[w.at] == '\r') {
		w.at++
	}
}

func (w *writer) indent(depth int) {
	w.out = append(w.out, '\n')
	for range depth {
		w.out = append(w.out, "  "...)
	}
}

// value writes the value that comes next, and goes behind it.
func (w *writer) value(depth int) {
	w.space()
	switch w.in[w.at] {
	case '{':
		w.object(depth)
	case '[':
		w.array(depth)
	case '"':
		w.out = appendString(w.out, w.string())
	default:
		begin := w.at
		w.scalar()
		w.out = append(w.out, w.in[begin:w.at]...)
	}
}

func (w *writer) object(depth int) {
	w.at++
	var room [16]member
	members := room[:0]
	for w.next('}') {
		name := w.string()
		m := member{key: decoded(name), name: name}
		w.space()
		w.at++ // the colon
		w.space()
		m.value = w.at
		w.skip()
		members = append(members, m)
	}
	end := w.at
	if len(members) == 0 {
		w.out = append(w.out, "{}"...)
		return
	}
	slices.SortStableFunc(members, func(a, b member) int { return strings.Compare(a.key, b.key) })
	w.out = append(w.out, '{')
	for i, m := range members {
		if i > 0 {
			w.out = append(w.out, ',')
			if members[i-1].key == m.key && w.twice == "" {
				w.twice = string(m.name)
			}
		}
		w.indent(depth + 1)
		w.out = append(appendString(w.out, m.name), ": "...)
		w.at = m.value
		w.value(depth + 1)
	}
	w.at = end
	w.indent(depth)
	w.out = append(w.out, '}')
}

func (w *writer) array(depth int) {
	w.at++
	empty := true
	for w.next(']') {
		if empty {
			w.out = append(w.out, '[')
		} else {
			w.out = append(w.out, ',')
		}
		empty = false
		w.indent(depth + 1)
		w.value(depth + 1)
	}
	if empty {
		w.out = append(w.out, "[]"...)
		return
	}
	w.indent(depth)
	w.out = append(w.out, ']')
}

// next goes to the next element of an array or object, or behind its end.
func (w *writer) next(end byte) bool {
	w.space()
	if w.in[w.at] == ',' {
		w.at++
		w.space()
	}
	if w.in[w.at] == end {
		w.at++
		return false
	}
	return true
}

// string goes behind the string that is next, and returns it with its quotes.
func (w *writer) string() []byte {
	begin := w.at
	w.at++
	for {
		quote := w.at + bytes.IndexByte(w.in[w.at:], '"')
		escape := bytes.IndexByte(w.in[w.at:quote], '\\')
		if escape < 0 {
			w.at = quote + 1
			return w.in[begin:w.at]
		}
		w.at += escape + 2
	}
}

func (w *writer) scalar() {
	for w.at < len(w.in) && !bytes.ContainsRune([]byte(",]} \n\t\r"), rune(w.in[w.at])) {
		w.at++
	}
}

// skip goes behind the value that is next.
func (w *writer) skip() {
	for depth := 0; ; {
		w.space()
		switch w.in[w.at] {
		case '{', '[':
			depth++
			w.at++
		case '}', ']':
			depth--
			w.at++
		case ',', ':':
			w.at++
			continue
		case '"':
			w.string()
		default:
			w.scalar()
		}
		if depth == 0 {
			return
		}
	}
}

// decoded is a string without its quotes and escapes.
func decoded(quoted []byte) string {
	if plain(quoted) {
		return string(quoted[1 : len(quoted)-1])
	}
	var s string
	_ = json.Unmarshal(quoted, &s) // it is valid
	return s
}

// appendString writes a string as encoding/json does when it escapes no HTML.
func appendString(out, quoted []byte) []byte {
	if plain(quoted) {
		return append(out, quoted...)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(decoded(quoted)) // a string always can be
	return append(out, bytes.TrimSuffix(b.Bytes(), []byte("\n"))...)
}

// plain reports that a string stands for itself, however it is encoded: ASCII
// without escapes.
func plain(quoted []byte) bool {
	for _, c := range quoted[1 : len(quoted)-1] {
		if c == '\\' || c < 0x20 || c >= 0x7f {
			return false
		}
	}
	return true
}
