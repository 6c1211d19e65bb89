package check

import (
	"bytes"
	"encoding/json"

	"github.com/hashicorp/hcl/v2"
)

// entry is the place of a lock's entry, for a finding: its line, or the whole
// file where it has none.
func (c *checker) entry(section, id string) hcl.Range {
	if c.lines == nil {
		c.lines = lockLines(c.LockData)
	}
	r := hcl.Range{Filename: c.LockPath}
	line := c.lines[section+" "+id]
	if line == 0 {
		return r
	}
	text := bytes.Split(c.LockData, []byte("\n"))[line-1]
	indent := len(text) - len(bytes.TrimLeft(text, " "))
	r.Start = hcl.Pos{Line: line, Column: 1 + indent}
	r.End = hcl.Pos{Line: line, Column: 1 + len([]rune(string(bytes.TrimSuffix(text, []byte(",")))))}
	return r
}

// lockLines are the lines, counted from 1, of a canonical lock's entries, by
// section and ID.
func lockLines(lock []byte) map[string]int {
	lines := map[string]int{}
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
			lines[section+" "+name] = i + 1
		}
	}
	return lines
}
