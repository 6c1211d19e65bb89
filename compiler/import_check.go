package compiler

import (
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
// account's consumer delivers: they store it, heartbeats too, and never
// acknowledge it, so that it comes again and again.
func (p *pass) checkCaptures(a *Account) {
	streams := a.stored()
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
// delivers and waits for acks of. A stream that copies acknowledges by flow
// control, and all that it takes by an import is delivered to it.
func (p *pass) wantsAcks(i *Import) bool {
	if i.Grant != nil && i.Grant.Share != nil {
		s := i.Grant.Share
		return s.Kind.Sourced || s.Consumer != nil && i.Grant.Row != nil && i.Grant.Row.Deliver && s.Consumer.Config.AckPolicy != "none"
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
