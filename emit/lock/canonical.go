package lock

import (
	"bytes"
	"strconv"
)

// Canonical reports whether data is what Encode returns. A lock that Parse
// accepts may still have another order or white space.
func (l *Lock) Canonical(data []byte) bool {
	c := comparison{rest: data}
	c.cut("{\n  \"format\": " + strconv.Itoa(Format))
	compareSection(&c, "keys", l.Keys, appendString)
	compareSection(&c, "tokens", l.Tokens, appendToken)
	compareSection(&c, "revoked", l.Revoked, appendRevocation)
	compareSection(&c, "retired", l.Retired, appendKeys)
	c.cut("\n}\n")
	if c.unsure {
		return bytes.Equal(data, l.Encode())
	}
	return !c.differs && len(c.rest) == 0
}

// comparison goes through a lock's text beside what Encode would return, which
// takes no sorting and holds nothing: what is there tells which entry is next.
type comparison struct {
	rest    []byte
	differs bool
	unsure  bool // there is an ID that does not stand as it is: the rest is not looked at
	room    []byte
}

// cut goes past what is to come next.
func (c *comparison) cut(next string) {
	if c.differs || c.unsure || len(c.rest) < len(next) || string(c.rest[:len(next)]) != next {
		c.differs = true
		return
	}
	c.rest = c.rest[len(next):]
}

// id goes past the ID that comes next.
func (c *comparison) id() (id []byte) {
	c.cut(`"`)
	end := bytes.IndexByte(c.rest, '"')
	if c.differs || end < 0 {
		c.differs = true
		return nil
	}
	id = c.rest[:end]
	c.unsure = !isBare(id)
	c.rest = c.rest[end:]
	return id
}

// compareSection goes past a section. As many entries as there are, of rising IDs
// that all are among them, are all of them.
func compareSection[V any](c *comparison, name string, entries map[string]V, appendValue func([]byte, V) []byte) {
	c.cut(",\n  \"" + name + "\": {")
	var last []byte
	for n := range len(entries) {
		if n > 0 {
			c.cut(",")
		}
		c.cut("\n    ")
		id := c.id()
		if c.differs || c.unsure {
			return
		}
		v, is := entries[string(id)]
		if !is || n > 0 && bytes.Compare(last, id) >= 0 {
			c.differs = true
			return
		}
		last = id
		c.room = appendValue(append(c.room[:0], `": `...), v)
		if !bytes.HasPrefix(c.rest, c.room) {
			c.differs = true
			return
		}
		c.rest = c.rest[len(c.room):]
	}
	if len(entries) > 0 {
		c.cut("\n  ")
	}
	c.cut("}")
}
