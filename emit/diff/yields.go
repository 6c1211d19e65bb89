package diff

import (
	"bytes"
	"encoding/json"
	"maps"
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
	c.inTurn = turns(takers)
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
			continue
		}
		ch.take(subjectsGo)
		if c.inTurn[ch.Name].swaps {
			ch.take(subjectsSwapped)
		}
	}
}

// turn is when a stream is updated whose subjects others get.
type turn struct {
	at    int  // who yields subjects is before those who get them
	swaps bool // it has to let go of its subjects beforehand: it waits for who waits for it
}

// turns finds an order in which whatever streams get is free by then.
func turns(takers map[string][]string) map[string]turn {
	yielders := map[string][]string{}
	for _, name := range slices.Sorted(maps.Keys(takers)) {
		for _, by := range takers[name] {
			yielders[by] = append(yielders[by], name)
		}
	}
	out, waits, swaps := map[string]turn{}, map[string]bool{}, map[string]bool{}
	var place func(name string)
	place = func(name string) {
		waits[name] = true
		for _, y := range yielders[name] {
			if _, placed := out[y]; !placed && !waits[y] {
				place(y)
			} else if !placed {
				swaps[y] = true
			}
		}
		out[name] = turn{at: len(out), swaps: swaps[name]}
	}
	for _, name := range slices.Sorted(maps.Keys(takers)) {
		if _, placed := out[name]; !placed {
			place(name)
		}
	}
	return out
}

// subjectsOf are those of a stream's configuration.
func subjectsOf(config []byte) []string {
	var stream struct{ Subjects []string }
	if json.Unmarshal(config, &stream) != nil {
		return nil
	}
	return stream.Subjects
}
