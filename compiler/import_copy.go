package compiler

import (
	"fmt"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// copied is where an importer sees what one of its streams copies.
type copied struct {
	*taking
	grant *Grant
}

// checkCopies refuses whatever else comes to where a stream of the importer
// copies a share. Who listens to that hears the copied messages too, and of one
// message for two the server gives the stream another subject, which it stores.
// Streams that store the subject are refused by checkCaptures. What an external
// account sees where is its own to say.
func (p *pass) checkCopies(a *Account, all []*taking) {
	if a.External {
		return
	}
	var copies subject.Index[copied]
	for _, t := range all {
		if t.Type != StreamType {
			continue
		}
		for _, g := range t.grants {
			local := plainLocal(sees(t.Subject, t.Local, g.Subject))
			if g.Share != nil && g.Share.Kind.Sourced && subject.Valid(local) == nil {
				copies.Add(local, copied{t, g})
			}
		}
	}
	if copies.Len() == 0 {
		return
	}
	said := make(map[*taking]bool)
	for _, t := range all {
		local := plainLocal(t.Local)
		if t.Type != StreamType || subject.Valid(local) != nil {
			continue
		}
		for at, c := range copies.Overlapping(local) {
			if c.taking == t || said[t] || said[c.taking] {
				continue
			}
			said[t] = true
			d := p.collide(c.taking, t, fmt.Sprintf("%s and %s both deliver to %q in account %q, where a stream copies all that comes", c.title(), t.title(), at, a.Name))
			diag.WithHint(d, "%s", c.wayOut())
			break
		}
	}
	for _, s := range a.Streams {
		for _, c := range s.Consumers {
			p.checkSent(a, c.title(), "delivers", c.Config.DeliverSubject, siteOf(c.Src), "deliver_subject", &copies)
		}
		if r := s.Config.Republish; r != nil {
			p.checkSent(a, s.title(), "republishes", plainDestination(r.Dest), siteOf(s.Src), "republish.dest", &copies)
		}
	}
}

// checkSent refuses what the importer's own consumers and streams send to where
// it copies a share.
func (p *pass) checkSent(a *Account, what, does, to string, w site, field string, copies *subject.Index[copied]) {
	at, ok := w.at(field)
	if !ok || subject.Valid(to) != nil {
		return
	}
	for local, c := range copies.Overlapping(to) {
		d := diag.New("import-collision", c.at(), fmt.Sprintf("%s delivers to %q in account %q, where %s %s too", c.title(), local, a.Name, what, does))
		diag.WithHint(d, "%s", c.wayOut())
		p.add(diag.WithNote(d, at, "%s %s to %q", what, does, to))
		return
	}
}

// wayOut is how the copy can come elsewhere.
func (c copied) wayOut() string {
	if c.grant.Row.Local == LocalFree {
		return "Set local_subject where the share is taken, different for each."
	}
	return "Give the share another name: where it delivers is made of that."
}
