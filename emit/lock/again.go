package lock

import (
	"bytes"
	"strconv"
)

// Canonical reports whether data is what Encode returns. A lock that Parse
// accepts may still have another order or white space.
func (l *Lock) Canonical(data []byte) bool { return bytes.Equal(data, l.EncodeAgain(data)) }

// EncodeAgain is Encode of what came of a lock that was read from data: data
// itself, where the two are the same. It sorts nothing as long as the IDs are
// those that stand there in their order.
func (l *Lock) EncodeAgain(data []byte) []byte {
	a := again{was: data}
	a.cut("{\n  \"format\": " + strconv.Itoa(format))
	appendAgain(&a, "keys", l.Keys, appendString)
	appendAgain(&a, "tokens", l.Tokens, appendToken)
	appendAgain(&a, "revoked", l.Revoked, appendRevocation)
	appendAgain(&a, "retired", l.Retired, appendKeys)
	a.cut("\n}\n")
	switch {
	case a.other || a.at < len(data):
		return l.Encode()
	case a.is == nil:
		return data
	}
	return append(a.is, data[a.kept:a.at]...)
}

// again goes through what a lock was beside what it is. It puts together nothing
// before there is a difference.
type again struct {
	was   []byte
	at    int    // up to here was is gone through
	is    []byte // up to what stands in was from kept to at; nil: there is no difference yet
	kept  int
	other bool // the two have no more than that in common
	room  []byte
}

// cut goes past what stands next in both.
func (a *again) cut(next string) {
	if rest := a.was[a.at:]; a.other || len(rest) < len(next) || string(rest[:len(next)]) != next {
		a.other = true
		return
	}
	a.at += len(next)
}

// id goes past the ID that comes next, one that is as it stands there.
func (a *again) id() (id []byte) {
	a.cut(`"`)
	end := bytes.IndexByte(a.was[a.at:], '"')
	if a.other || end < 0 || !isBare(a.was[a.at:a.at+end]) {
		a.other = true
		return nil
	}
	id = a.was[a.at : a.at+end]
	a.at += end
	return id
}

// value puts what room holds in the place of the rest of the line, save for its
// comma.
func (a *again) value() {
	if bytes.HasPrefix(a.was[a.at:], a.room) {
		a.at += len(a.room)
		return
	}
	if a.is == nil {
		a.is = make([]byte, 0, len(a.was)+len(a.was)/64+len(a.room))
	}
	a.is = append(append(a.is, a.was[a.kept:a.at]...), a.room...)
	line := bytes.IndexByte(a.was[a.at:], '\n')
	if line < 0 {
		a.other = true
		return
	}
	a.at += len(bytes.TrimSuffix(a.was[a.at:a.at+line], []byte(",")))
	a.kept = a.at
}

// appendAgain goes past a section. As many entries as there are, of rising IDs that
// all are among them, are all of them.
func appendAgain[V any](a *again, name string, entries map[string]V, appendValue func([]byte, V) []byte) {
	a.cut(",\n  \"" + name + "\": {")
	var last []byte
	for n := range len(entries) {
		if n > 0 {
			a.cut(",")
		}
		a.cut("\n    ")
		id := a.id()
		v, is := entries[string(id)]
		if a.other || !is || n > 0 && bytes.Compare(last, id) >= 0 {
			a.other = true
			return
		}
		last = id
		a.room = appendValue(append(a.room[:0], `": `...), v)
		a.value()
	}
	if len(entries) > 0 {
		a.cut("\n  ")
	}
	a.cut("}")
}
