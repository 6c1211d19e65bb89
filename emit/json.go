package emit

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// jsonWriter writes objects as encoding/json writes structs, without reflection:
// members stand in the order of the calls.
type jsonWriter struct {
	out    []byte
	pretty bool // one member a line, two spaces a level; else all on one line
	html   bool // escape < > &, as encoding/json does unless told not to
	depth  int
	inner  bool // something stands before in the innermost object or array
	failed bool // something could not be written
}

// begin opens an object or array: "{" or "[".
func (w *jsonWriter) begin(bracket byte) {
	w.out = append(w.out, bracket)
	w.depth++
	w.inner = false
}

// end closes the innermost object or array: "}" or "]".
func (w *jsonWriter) end(bracket byte) {
	w.depth--
	if w.inner {
		w.line()
	}
	w.out = append(w.out, bracket)
	w.inner = true
}

// next goes to the next member or element.
func (w *jsonWriter) next() {
	if w.inner {
		w.out = append(w.out, ',')
	}
	w.line()
	w.inner = true
}

func (w *jsonWriter) line() {
	if !w.pretty {
		return
	}
	w.out = append(w.out, '\n')
	for range w.depth {
		w.out = append(w.out, "  "...)
	}
}

// key begins a member. It is a word that needs no escape.
func (w *jsonWriter) key(name string) {
	w.next()
	w.out = append(w.out, '"')
	w.out = append(w.out, name...)
	w.out = append(w.out, `":`...)
	if w.pretty {
		w.out = append(w.out, ' ')
	}
}

func (w *jsonWriter) text(key, value string) {
	w.key(key)
	w.out = appendString(w.out, value, w.html)
}

// textIf leaves an empty value out.
func (w *jsonWriter) textIf(key, value string) {
	if value != "" {
		w.text(key, value)
	}
}

func (w *jsonWriter) number(key string, value int64) {
	w.key(key)
	w.out = strconv.AppendInt(w.out, value, 10)
}

// numberIf leaves 0 out.
func (w *jsonWriter) numberIf(key string, value int64) {
	if value != 0 {
		w.number(key, value)
	}
}

// texts writes a list of strings, unless it is empty.
func (w *jsonWriter) texts(key string, list []string) {
	if len(list) == 0 {
		return
	}
	w.key(key)
	w.begin('[')
	for _, s := range list {
		w.next()
		w.out = appendString(w.out, s, w.html)
	}
	w.end(']')
}

// object writes a member that is an object, of what members writes.
func (w *jsonWriter) object(key string, members func()) {
	w.key(key)
	w.begin('{')
	members()
	w.end('}')
}

// value writes a member by reflection: one that few have. It stands on one line.
func (w *jsonWriter) value(key string, value any) {
	w.key(key)
	out, err := appendJSON(w.out, value, w.html)
	w.out = bytes.TrimSuffix(out, []byte("\n"))
	w.failed = w.failed || err != nil
}

func (w *jsonWriter) flag(key string, value bool) {
	w.key(key)
	w.out = strconv.AppendBool(w.out, value)
}

// flagIf leaves false out.
func (w *jsonWriter) flagIf(key string, value bool) {
	if value {
		w.flag(key, value)
	}
}

// objects writes a member that is an array of objects, of what members writes of
// each.
func objects[E any](w *jsonWriter, key string, elements []E, members func(*jsonWriter, *E)) {
	w.key(key)
	if elements == nil {
		w.out = append(w.out, "null"...)
		return
	}
	w.begin('[')
	for i := range elements {
		w.next()
		w.begin('{')
		members(w, &elements[i])
		w.end('}')
	}
	w.end(']')
}

// appendString appends a string as encoding/json writes it.
func appendString(b []byte, s string, html bool) []byte {
	needs := needs(s)
	if needs&escape != 0 {
		out, _ := appendJSON(b, s, html) // a string always can be
		return bytes.TrimSuffix(out, []byte("\n"))
	}
	b = append(b, '"')
	if html && needs != 0 {
		for i := range len(s) {
			if c := s[i]; need[c] != 0 {
				const digits = "0123456789abcdef"
				b = append(b, '\\', 'u', '0', '0', digits[c>>4], digits[c&15])
			} else {
				b = append(b, c)
			}
		}
		return append(b, '"')
	}
	b = append(b, s...)
	return append(b, '"')
}

// appendJSON appends v as encoding/json writes it, on a line.
func appendJSON(b []byte, v any, html bool) ([]byte, error) {
	out := bytes.NewBuffer(b)
	e := json.NewEncoder(out)
	e.SetEscapeHTML(html)
	err := e.Encode(v)
	return out.Bytes(), err
}
