package check

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/hashicorp/hcl/v2"
)

// entry is the place of a lock's entry, for a finding: its line, or the whole
// file where it has none.
func (c *checker) entry(section, id string) hcl.Range {
	if c.lines == nil {
		c.lines = lockLines(c.LockData)
	}
	r := hcl.Range{Filename: c.LockPath}
	line, found := c.lines[section+" "+id]
	if !found {
		return r
	}
	indent := len(line.text) - len(bytes.TrimLeft(line.text, " "))
	r.Start = hcl.Pos{Line: line.number, Column: 1 + indent}
	r.End = hcl.Pos{Line: line.number, Column: 1 + utf8.RuneCount(bytes.TrimSuffix(line.text, []byte(",")))}
	return r
}

// lockLine is a line of a lock, counted from 1.
type lockLine struct {
	number int
	text   []byte
}

// lockLines are the lines of a canonical lock's entries, by section and ID.
func lockLines(lock []byte) map[string]lockLine {
	lines := map[string]lockLine{}
	section := ""
	for i, line := range bytes.Split(lock, []byte("\n")) {
		text := bytes.TrimLeft(line, " ")
		first, err := json.NewDecoder(bytes.NewReader(text)).Token()
		name, ok := first.(string)
		if err != nil || !ok {
			continue
		}
		switch len(line) - len(text) {
		case 2:
			section = name
		case 4:
			lines[section+" "+name] = lockLine{i + 1, line}
		}
	}
	return lines
}
