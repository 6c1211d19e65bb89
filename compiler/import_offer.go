package compiler

import (
	"strings"

	"jsc/compiler/subject"
)

// offers are what an account exports to whoever may import it by name: its raw
// exports, and its public shares.
type offers map[Type]*subject.Index[Terms]

// offersOf are an account's offers; they are collected once.
func (p *pass) offersOf(a *Account) offers {
	if p.offers == nil {
		p.offers = make(map[*Account]offers)
		for _, g := range p.t.Grants {
			if g.Share != nil && g.Share.Accept == nil && !g.Terms.Private {
				p.offersOf(g.From).add(g.Type, g.exported(), g.Terms)
			}
		}
	}
	o, ok := p.offers[a]
	if !ok {
		o = offers{StreamType: new(subject.Index[Terms]), ServiceType: new(subject.Index[Terms])}
		for _, e := range a.Exports {
			o.add(e.Type, e.Subject, e.Terms)
		}
		p.offers[a] = o
	}
	return o
}

// sharing is a share of the exporter that grants what an import asks for, to
// others, or nil. Grants are indexed once.
func (p *pass) sharing(i *Import) *Share {
	if p.shared == nil {
		p.shared = make(map[source]*subject.Index[*Share])
		for _, g := range p.t.Grants {
			if g.Share == nil {
				continue
			}
			k := source{g.From, g.Type}
			if p.shared[k] == nil {
				p.shared[k] = new(subject.Index[*Share])
			}
			p.shared[k].Add(g.Subject, g.Share)
		}
	}
	index := p.shared[source{i.From, i.Type}]
	if index == nil {
		return nil
	}
	for _, s := range index.Containing(i.Subject) {
		return s
	}
	return nil
}

func (o offers) add(t Type, s string, terms Terms) { o[t].Add(s, terms) }

func (o offers) size() int { return o[StreamType].Len() + o[ServiceType].Len() }

// find is the terms of what covers a subject, the very subject before a wider
// one, as the server looks (server/accounts.go, checkServiceExportApproved).
func (o offers) find(t Type, s string) (Terms, bool) {
	var wider *Terms
	for offered, terms := range o[t].Containing(s) {
		if offered == s {
			return terms, true
		}
		if wider == nil {
			wider = &terms
		}
	}
	if wider == nil {
		return Terms{}, false
	}
	return *wider, true
}

// tokenAt is token n of a subject, from 1; "" when it has fewer.
func tokenAt(s string, n int) string {
	tokens := strings.Split(s, ".")
	if n < 1 || n > len(tokens) {
		return ""
	}
	return tokens[n-1]
}
