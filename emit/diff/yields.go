package diff

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"jsc/compiler/subject"
)

// yields finds the streams whose subjects others get: servers refuse those until
// they are free, since subjects of an account's streams overlap nowhere
// (TestSubjectsMove in emit/verify).
func (c *comparison) yields() {
	taken := map[string]*subject.Index[string]{} // by account
	for key, is := range c.new.streams {
		if bytes.Equal(c.old.streams[key], is) {
			continue
		}
		if taken[key.account] == nil {
			taken[key.account] = &subject.Index[string]{}
		}
		for _, s := range subjectsOf(is) {
			taken[key.account].Add(s, c.name(key, is))
		}
	}
	takers := map[string][]string{} // by who yields
	for key, was := range c.old.streams {
		if taken[key.account] == nil || bytes.Equal(c.new.streams[key], was) {
			continue
		}
		name := c.name(key, was)
		for _, s := range subjectsOf(was) {
			for _, by := range taken[key.account].Overlapping(s) {
				if by != name && !slices.Contains(takers[name], by) {
					takers[name] = append(takers[name], by)
				}
			}
		}
	}
	for i := range c.report.Changes {
		ch := &c.report.Changes[i]
		to := takers[ch.Name]
		if ch.Kind != "stream" || ch.Action == Add || len(to) == 0 {
			continue
		}
		slices.Sort(to)
		ch.Details = append(ch.Details, "its subjects go to "+strings.Join(to, ", "))
		if ch.Action == Remove {
			ch.take(subjectsLeft)
		} else {
			ch.take(subjectsGo)
		}
	}
}

// subjectsOf are those of a stream's configuration.
func subjectsOf(config []byte) []string {
	var stream struct{ Subjects []string }
	if json.Unmarshal(config, &stream) != nil {
		return nil
	}
	return stream.Subjects
}
