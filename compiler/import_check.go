package compiler

import (
	"iter"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// checkImports refuses what the server does with an account's imports as a
// whole: raw ones and shares' together.
func (p *pass) checkImports(a *Account) {
	if a.Src == nil || a.External {
		return
	}
	if n := int64(len(a.Imports)); a.Limits.Imports >= 0 && n > a.Limits.Imports {
		p.add(diag.New("too-many-imports", a.Src.Limits.Imports.Range(), a.Name, n, a.Limits.Imports))
	}
	p.checkCaptures(a)
}

// checkCaptures refuses streams of the importer that capture what another
// account's consumer delivers: they store it and never acknowledge it, so that
// it comes again and again.
func (p *pass) checkCaptures(a *Account) {
	var streams subject.Index[*Stream]
	for _, s := range a.Streams {
		for _, sub := range s.Config.Subjects {
			if subject.Valid(sub) == nil {
				streams.Add(sub, s)
			}
		}
	}
	if streams.Len() == 0 {
		return
	}
	for _, i := range a.Imports {
		local := plainLocal(i.Local)
		if i.Type != StreamType || subject.Valid(local) != nil || !p.wantsAcks(i) {
			continue
		}
		for _, s := range streams.Overlapping(local) {
			d := diag.New("import-shadows-stream", i.localPlace(a), i.Local, s.Config.Name)
			p.add(diag.WithNote(d, s.Src.Header().LabelOrNameRange(), "stream %q captures %s", s.Config.Name, i.Local))
			break
		}
	}
}

// wantsAcks reports that a stream import brings what a consumer of the exporter
// delivers and waits for acks of. A source takes a flow-controlled consumer's
// messages by itself.
func (p *pass) wantsAcks(i *Import) bool {
	if i.Grant != nil && i.Grant.Share != nil {
		c := i.Grant.Share.Consumer
		return c != nil && i.Grant.Row != nil && i.Grant.Row.Deliver && c.Config.AckPolicy != "none"
	}
	for range p.deliveriesOf(i.From).Overlapping(i.Subject) {
		return true
	}
	return false
}

// deliveriesOf are the subjects to which an account's consumers deliver what
// they want acks of; they are collected once.
func (p *pass) deliveriesOf(a *Account) *subject.Index[*Consumer] {
	if known := p.deliveries[a]; known != nil {
		return known
	}
	index := new(subject.Index[*Consumer])
	for _, s := range a.Streams {
		for _, c := range s.Consumers {
			if to := c.Config.DeliverSubject; subject.Valid(to) == nil && c.Config.AckPolicy != "none" {
				index.Add(to, c)
			}
		}
	}
	p.deliveries[a] = index
	return index
}

// importCycles finds imports over which a message would come back to where it
// began. The walk is the server's own (server/accounts.go,
// checkServiceImportsForCycles and checkStreamImportsForCycles): it drops such
// an import silently.
type importCycles struct {
	imports map[*Account]*subject.Index[*Import]
	// exports, where not nil, are what an account passes on at all.
	exports map[*Account]*subject.Index[*Export]
}

// newImportCycles indexes the imports of a type by what of them a message is
// compared with.
func newImportCycles(t *Topology, typ Type, compared func(*Import) string) *importCycles {
	c := &importCycles{imports: map[*Account]*subject.Index[*Import]{}}
	for _, a := range t.Accounts {
		for _, i := range a.Imports {
			if i.Type != typ || subject.Valid(compared(i)) != nil {
				continue
			}
			if c.imports[a] == nil {
				c.imports[a] = new(subject.Index[*Import])
			}
			c.imports[a].Add(compared(i), i)
		}
	}
	return c
}

// passingOn makes the walk end at accounts that export nothing of a message.
func (c *importCycles) passingOn() *importCycles {
	c.exports = map[*Account]*subject.Index[*Export]{}
	for a := range c.imports {
		c.exports[a] = new(subject.Index[*Export])
		for _, e := range a.Exports {
			if e.Type == StreamType {
				c.exports[a].Add(e.Subject, e)
			}
		}
	}
	return c
}

func (c *importCycles) passes(a *Account, s string) bool {
	if c.exports == nil {
		return true
	}
	for range c.exports[a].Containing(s) {
		return true
	}
	return false
}

// from is the path of accounts over which what a sees as s would come back to
// an account that it has passed; nil when there is none.
func (c *importCycles) from(a *Account, s string, visited map[*Account]bool) []*Account {
	if c.imports[a] == nil || !c.passes(a, s) {
		return nil
	}
	for _, next := range c.imports[a].Overlapping(s) {
		if visited[next.From] {
			return []*Account{a, next.From}
		}
		visited[a] = true
		further := s
		if local := plainLocal(next.Local); subject.Contains(s, local) {
			further = local
		}
		if path := c.from(next.From, further, visited); path != nil {
			return append([]*Account{a}, path...)
		}
	}
	return nil
}

// checkImportCycles refuses every import that the server would drop for a
// cycle.
func (p *pass) checkImportCycles() {
	for i, path := range findImportCycles(p.t) {
		p.add(diag.New("import-cycle", i.place(path[0]), cyclePath(path[0], path[1:])))
	}
}

// findImportCycles yields the imports over which a message would come back,
// each with the accounts that it passes, the importer first.
func findImportCycles(t *Topology) iter.Seq2[*Import, []*Account] {
	// A request is compared with what further imports call it at their exporter,
	// a message of a stream with where further imports see it.
	services := newImportCycles(t, ServiceType, func(i *Import) string { return i.Subject })
	streams := newImportCycles(t, StreamType, func(i *Import) string { return plainLocal(i.Local) }).passingOn()
	walk := func(a *Account, i *Import) []*Account {
		local := plainLocal(i.Local)
		if subject.Valid(local) != nil {
			return nil
		}
		if i.Type == ServiceType {
			return services.from(i.From, local, map[*Account]bool{a: true})
		}
		if path := streams.from(i.From, local, map[*Account]bool{a: true}); path != nil || local == i.Subject {
			return path
		}
		return streams.from(i.From, i.Subject, map[*Account]bool{a: true})
	}
	return func(yield func(*Import, []*Account) bool) {
		for _, a := range t.Accounts {
			for _, i := range a.Imports {
				if path := walk(a, i); path != nil && !yield(i, append([]*Account{a}, path...)) {
					return
				}
			}
		}
	}
}

func cyclePath(a *Account, path []*Account) string {
	text := quote(a.Name)
	for _, b := range path {
		text += " ← " + quote(b.Name)
	}
	return text
}
