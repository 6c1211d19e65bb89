package compiler

import (
	"fmt"
	"iter"
	"slices"

	"jsc/compiler/subject"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// importCycles finds imports over which a message would come back to where it
// began. The walk is the server's own (server/accounts.go,
// checkServiceImportsForCycles and checkStreamImportsForCycles): it drops such
// an import silently.
type importCycles struct {
	services, streams passages
	// told are imports that a reported cycle passes. Walks end there.
	told map[*Import]bool
}

// passages are where imports of one type take a message further.
type passages struct {
	typ      Type
	compared func(*Import) string // what of an import a message is compared with
	exported bool                 // an account passes on what it exports alone
	// imports and exports are those of accounts with more than are looked through.
	imports map[*Account]*subject.Index[*Import]
	exports map[*Account]*subject.Index[*Export]
	// plain are accounts from which no message can come twice to one that has
	// imports, whatever it is.
	plain map[*Account]bool
}

func newImportCycles(t *Topology) *importCycles {
	// A request is compared with what further imports call it at their exporter,
	// a message of a stream with where further imports see it; and it goes on
	// only from accounts that export it.
	both := [2]passages{
		{typ: ServiceType, compared: func(i *Import) string { return i.Subject }},
		{typ: StreamType, compared: func(i *Import) string { return plainLocal(i.Local) }, exported: true},
	}
	parallel.Do(len(both), func(i int) { both[i] = newPassages(t, both[i]) })
	return &importCycles{services: both[0], streams: both[1], told: make(map[*Import]bool)}
}

// maxWalked is how many imports, or exports, of an account are looked through.
const maxWalked = 32

// newPassages indexes what accounts have much of.
func newPassages(t *Topology, c passages) passages {
	c.imports = make(map[*Account]*subject.Index[*Import])
	c.exports = make(map[*Account]*subject.Index[*Export])
	for _, a := range t.Accounts {
		if len(a.Imports) > maxWalked {
			c.imports[a] = c.indexed(a)
		}
		if c.exported && len(a.Exports) > maxWalked {
			index := new(subject.Index[*Export])
			for _, e := range a.Exports {
				if e.Type == c.typ {
					index.Add(e.Subject, e)
				}
			}
			c.exports[a] = index
		}
	}
	c.plain = c.plainOf(t.Accounts)
	return c
}

// plainOf are the plain accounts by what they import of each other; from where
// nothing is imported no message goes on.
func (c *passages) plainOf(accounts []*Account) map[*Account]bool {
	imports := func(i *Import) bool { return i.Type == c.typ }
	number := make(map[*Account]int)
	for i, a := range accounts {
		if slices.ContainsFunc(a.Imports, imports) {
			number[a] = i
		}
	}
	next := make([][]int, len(accounts))
	for i, a := range accounts {
		for _, m := range a.Imports {
			if to, has := number[m.From]; has && imports(m) {
				next[i] = append(next[i], to)
			}
		}
	}
	found := make(map[*Account]bool, len(number))
	for i, is := range plain(next) {
		if is && len(accounts[i].Imports) > 0 {
			found[accounts[i]] = true
		}
	}
	return found
}

// indexed are an account's imports by what a message is compared with.
func (c *passages) indexed(a *Account) *subject.Index[*Import] {
	index := new(subject.Index[*Import])
	for _, i := range a.Imports {
		if at, ok := c.at(i); ok {
			index.Add(at, i)
		}
	}
	return index
}

// at is what a message is compared with, if it can go by an import at all.
func (c *passages) at(i *Import) (string, bool) {
	if i.Type != c.typ {
		return "", false
	}
	at := c.compared(i)
	return at, subject.Valid(at) == nil
}

// passes reports that a gives to others what it sees as s.
func (c *passages) passes(a *Account, s string) bool {
	if !c.exported {
		return true
	}
	if index := c.exports[a]; index != nil {
		for range index.Containing(s) {
			return true
		}
		return false
	}
	return slices.ContainsFunc(a.Exports, func(e *Export) bool { return e.Type == c.typ && subject.Contains(e.Subject, s) })
}

// leadsOn reports that what a sees as s goes further.
func (c *passages) leadsOn(a *Account, s string) bool {
	if !c.passes(a, s) {
		return false
	}
	if index := c.imports[a]; index != nil {
		for range index.Overlapping(s) {
			return true
		}
		return false
	}
	return slices.ContainsFunc(a.Imports, func(i *Import) bool {
		at, ok := c.at(i)
		return ok && subject.Overlap(at, s)
	})
}

// further are the imports by which what a sees as s goes further.
func (c *passages) further(a *Account, s string) iter.Seq2[string, *Import] {
	index := c.imports[a]
	if index == nil {
		index = c.indexed(a)
	}
	return index.Overlapping(s)
}

// of are the imports over which what a sees by i would come back to an account
// that it has passed, i first; none when there is no such way. The walk ends at
// an import of a cycle that is told already, which comes last.
func (c *importCycles) of(a *Account, i *Import) []*Import {
	local := plainLocal(i.Local)
	if subject.Valid(local) != nil {
		return nil
	}
	in := &c.services
	starts := append(make([]string, 0, 2), local)
	if i.Type == StreamType {
		in = &c.streams
		if local != i.Subject {
			starts = append(starts, i.Subject)
		}
	}
	if in.plain[a] {
		return nil
	}
	for _, s := range starts {
		if !in.leadsOn(i.From, s) {
			continue
		}
		w := &cycleWalk{passages: in, told: c.told, visited: map[*Account]bool{a: true}, passed: []*Import{i}}
		if w.returns(i.From, s) {
			return w.passed
		}
	}
	return nil
}

// cycleWalk is one walk of the server's.
type cycleWalk struct {
	*passages
	told    map[*Import]bool
	visited map[*Account]bool
	passed  []*Import
}

// returns reports that what a sees as s would come back.
func (w *cycleWalk) returns(a *Account, s string) bool {
	if !w.leadsOn(a, s) {
		return false
	}
	for _, next := range w.further(a, s) {
		w.passed = append(w.passed, next)
		if w.visited[next.From] || w.told[next] {
			return true
		}
		w.visited[a] = true
		further := s
		if local := plainLocal(next.Local); subject.Contains(s, local) {
			further = local
		}
		if w.returns(next.From, further) {
			return true
		}
		w.passed = w.passed[:len(w.passed)-1]
	}
	return false
}

// checkImportCycles refuses imports that the server would drop for a cycle. A
// cycle is told once, at its first import by the accounts' names; so are the
// imports that lead into it.
func (p *pass) checkImportCycles() {
	c := newImportCycles(p.t)
	// Most topologies have none, and need not be gone through in order.
	if !slices.Contains(each(p, p.t.Accounts, func(_ *pass, a *Account) bool {
		return slices.ContainsFunc(a.Imports, func(i *Import) bool { return len(c.of(a, i)) > 0 })
	}), true) {
		return
	}
	for _, a := range p.t.Accounts {
		for _, i := range a.Imports {
			if c.told[i] {
				continue
			}
			passed := c.of(a, i)
			if len(passed) == 0 {
				continue
			}
			if !c.told[passed[len(passed)-1]] && !p.acksMeet(passed) {
				p.add(diag.New("import-cycle", i.place(a), cyclePath(a, passed)))
			}
			for _, i := range passed {
				c.told[i] = true
			}
		}
	}
}

// acksMeet reports a cycle of nothing but acks or flow control of shares that
// checkCollisions has refused.
func (p *pass) acksMeet(passed []*Import) bool {
	reported := false
	for _, i := range passed {
		g := i.Grant
		if g == nil || g.Share == nil || g.RowName() != ackRule.grant && g.RowName() != flowControlRule.grant {
			return false
		}
		reported = reported || p.collided[g.Target]
	}
	return reported
}

// shownAccounts is how many accounts of a cycle a message names at most.
const shownAccounts = 8

// cyclePath names the accounts that a cycle passes, the importer first.
func cyclePath(a *Account, passed []*Import) string {
	text := quote(a.Name)
	for n, i := range passed {
		left := len(passed) - n
		if n+1 == shownAccounts-1 && left > 1 {
			text += fmt.Sprintf(" ← … and %d more", left-1)
			i = passed[len(passed)-1]
			left = 1
		}
		text += " ← " + quote(i.From.Name)
		if left == 1 {
			break
		}
	}
	return text
}
