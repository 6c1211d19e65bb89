package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler/subject"
	"jsc/schema/diag"
)

// audience is who gets what a shared consumer delivers. An export is of a
// subject, and not of a consumer: of two that deliver to one subject both have
// the audience of the other, which changes nothing only where it is the same.
type audience struct {
	to        string
	group     string // each group gets every message that is sent there
	importers string // of all shares of the consumer
	// only is set where nobody could tell two consumers apart: clients give one
	// answer to flow control, and a stream that copies takes all that comes.
	only *Consumer
}

// checkSenders refuses what else is sent to where a shared consumer delivers
// (docs/security.md A12).
func (p *pass) checkSenders() {
	shares := make(map[*Consumer][]*Share)
	for _, s := range p.t.Shares {
		if c := s.Consumer; c != nil && c.Config.Push() && subject.Valid(c.Config.DeliverSubject) == nil {
			shares[c] = append(shares[c], s)
		}
	}
	if len(shares) == 0 {
		return
	}
	each(p, p.t.Accounts, func(p *pass, a *Account) (_ none) {
		p.checkSendersOf(a, shares)
		return
	})
}

// checkSendersOf checks one exporter.
func (p *pass) checkSendersOf(a *Account, shares map[*Consumer][]*Share) {
	of := make(map[*Consumer]audience)
	seen := make(map[audience]bool)
	var shared subject.Index[*Consumer] // one for each audience
	for _, s := range a.Streams {
		for _, c := range s.Consumers {
			if shares[c] == nil {
				continue
			}
			of[c] = c.audience(shares[c])
			if !seen[of[c]] {
				seen[of[c]] = true
				shared.Add(of[c].to, c)
			}
		}
	}
	if len(of) == 0 {
		return
	}
	said := make(map[*Consumer]bool)
	for _, s := range a.Streams {
		p.checkRepublished(s, &shared)
		for _, c := range s.Consumers {
			if !c.Config.Push() || subject.Valid(c.Config.DeliverSubject) != nil {
				continue
			}
			for to, other := range shared.Overlapping(c.Config.DeliverSubject) {
				if own, has := of[c]; other == c || has && own == of[other] {
					continue
				}
				first, second := other, c
				if earlier(second.deliversAt(), first.deliversAt()) < 0 {
					first, second = second, first
				}
				if !said[second] {
					said[second] = true
					d := diag.New("share-deliver-overlap", second.deliversAt(), fmt.Sprintf("%s and %s both deliver to %q, which share %q exports",
						second.title(), first.title(), to, shares[other][0].Name))
					p.add(diag.WithNote(d, first.deliversAt(), "%s delivers there too", first.title()))
				}
				break
			}
		}
	}
}

// checkRepublished refuses a stream that republishes to where a shared consumer
// delivers.
func (p *pass) checkRepublished(s *Stream, shared *subject.Index[*Consumer]) {
	if s.Config.Republish == nil {
		return
	}
	dest := plainDestination(s.Config.Republish.Dest)
	at, ok := siteOf(s.Src).at("republish.dest", "republish")
	if !ok || subject.Valid(dest) != nil {
		return
	}
	for to, c := range shared.Overlapping(dest) {
		d := diag.New("share-deliver-overlap", at, fmt.Sprintf("%s republishes to %q, where the shared %s delivers", s.title(), to, c.title()))
		p.add(diag.WithNote(d, c.deliversAt(), "%s delivers there", c.title()))
		return
	}
}

// audience is that of the consumer by its shares.
func (c *Consumer) audience(shares []*Share) audience {
	a := audience{to: c.Config.DeliverSubject, group: c.Config.DeliverGroup}
	if c.Config.FlowControl || c.Config.AckPolicy == ackFlowControl {
		a.only = c
	}
	var keys []string
	for _, s := range shares {
		if s.Public {
			keys = append(keys, "*")
		}
		for _, t := range s.Targets {
			keys = append(keys, t.To.PublicKey)
		}
	}
	slices.Sort(keys)
	a.importers = strings.Join(slices.Compact(keys), " ")
	return a
}

// deliversAt is where it is said to which subject the consumer delivers.
func (c *Consumer) deliversAt() hcl.Range {
	return c.Src.DeliverSubject.RangeOr(c.Src.LabelOrNameRange())
}
