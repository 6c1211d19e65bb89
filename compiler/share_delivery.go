package compiler

import (
	"fmt"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// checkDelivery refuses streams of an exporter that store what its server
// delivers to one importer's inbox or source: the shared stream would store
// and deliver it for ever. Consumers' own deliver subjects are checked with
// their streams (checkCopied).
func (p *pass) checkDelivery() {
	stored := make(map[*Account]*subject.Index[*Stream])
	for _, s := range p.t.Shares {
		if !s.Kind.has((*Row).delivered) {
			continue
		}
		for _, t := range s.Targets {
			facts := s.Facts(&p.t.Server, t)
			for i := range s.Kind.Rows {
				row := &s.Kind.Rows[i]
				if !row.delivered() || !row.Applies(facts) {
					continue
				}
				if stored[s.From] == nil {
					stored[s.From] = s.From.stored()
				}
				for _, to := range row.Subjects(facts) {
					p.checkStored(t, to, stored[s.From])
				}
			}
		}
	}
}

// delivered reports a row of what comes to one importer alone.
func (r *Row) delivered() bool { return r.Type == StreamType && r.Named }

func (p *pass) checkStored(t *Target, to string, stored *subject.Index[*Stream]) {
	if subject.Valid(to) != nil {
		return
	}
	for sub, by := range stored.Overlapping(to) {
		d := diag.New("deliver-subject-cycle", t.Src.LabelOrNameRange(), fmt.Sprintf("share %q delivers to %q, which %s of the exporter %q stores", t.Share.Name, to, by.title(), by.Account.Name))
		p.add(diag.WithNote(d, by.Src.Header().LabelOrNameRange(), "%s stores %q", by.title(), sub))
		return
	}
}

// stored are the subjects that the account's streams store.
func (a *Account) stored() *subject.Index[*Stream] {
	index := new(subject.Index[*Stream])
	for _, s := range a.Streams {
		for _, sub := range s.Config.Subjects {
			if subject.Valid(sub) == nil {
				index.Add(sub, s)
			}
		}
	}
	return index
}
