package compiler

import (
	"fmt"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// checkCycles reports streams that copy themselves by way of others, as the
// server looks for them: every origin is followed, breadth first, and only the
// filter of the source that closes the circle counts. By that, a stream that
// is reached a second time by a longer way is refused too.
func (p *pass) checkCycles(streams []*Stream, byName map[string]*Stream) {
	n := copying(streams, byName)
	plain := n.plain()
	reported := make([]bool, len(streams))
	visits := make([]int, len(streams))
	for i, s := range streams {
		if reported[i] || plain[i] {
			continue
		}
		at, l, met := n.closing(i, visits)
		for _, v := range met {
			visits[v] = 0
			reported[v] = reported[v] || l != nil
		}
		if l == nil {
			continue
		}
		text := "stream %s reaches %s by two ways, which the server takes for a cycle: write the source with the longer way first"
		if n.reaches(l.to, at) {
			text = "stream %s copies itself: the way comes back to %s"
		}
		p.add(diag.New("source-cycle", l.at(l.src.Name.Range()), fmt.Sprintf(text, s.Config.Name, l.Name)))
	}
}

// network is which of an account's streams copy which: the links of each, in
// the order in which the server follows them.
type network [][]link

// link is a mirror or a source within the account.
type link struct {
	origin
	to     int
	closes bool // messages can come through it, as the server judges it
}

// copying is the network of an account's streams.
func copying(streams []*Stream, byName map[string]*Stream) network {
	number := make(map[*Stream]int, len(streams))
	for i, s := range streams {
		number[s] = i
	}
	n := make(network, len(streams))
	for i, s := range streams {
		var stored *subject.Index[none] // where it is asked for
		for o := range s.origins() {
			next := byName[o.Name]
			if o.External != nil || next == nil {
				continue
			}
			l := link{origin: o, to: number[next], closes: o.mirror || o.FilterSubject == ""}
			if !l.closes {
				if stored == nil {
					stored = s.subjectIndex()
				}
				_, l.closes = overlapping(stored, o.FilterSubject)
			}
			n[i] = append(n[i], l)
		}
	}
	return n
}

// plain is plain of the streams: there is no need to look from those.
func (n network) plain() []bool {
	next := make([][]int, len(n))
	for i, links := range n {
		for _, l := range links {
			next[i] = append(next[i], l.to)
		}
	}
	return plain(next)
}

// closing looks from one stream for the link that closes a circle, and gives
// the stream it is of, no link when there is none, and the streams met. Visits,
// a number for each stream, is all zeros; those of the streams met are changed.
//
// A stream waits in the queue once for each way that leads to it, and of ways
// there can be more than anyone could follow. Of its visits only the first two
// are made, and those since when another stream was met for the first time: any
// other sees what the one before it saw, and so does all that follows from it.
func (n network) closing(from int, visits []int) (at int, l *link, met []int) {
	const once = -1 // when visited again: how many streams had been met by then
	queue := []int{from}
	for len(queue) > 0 {
		at, queue = queue[0], queue[1:]
		switch visits[at] {
		case 0:
			met = append(met, at)
			visits[at] = once
		case len(met):
			continue
		default:
			visits[at] = len(met)
		}
		for i := range n[at] {
			switch l := &n[at][i]; {
			case visits[l.to] == 0:
				queue = append(queue, l.to)
			case l.closes:
				return at, l, met
			}
		}
	}
	return 0, nil, met
}

// reaches reports that one stream copies, directly or not, another.
func (n network) reaches(from, to int) bool {
	met := make([]bool, len(n))
	queue := []int{from}
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if at == to {
			return true
		}
		if met[at] {
			continue
		}
		met[at] = true
		for _, l := range n[at] {
			queue = append(queue, l.to)
		}
	}
	return false
}
