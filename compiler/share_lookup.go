package compiler

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// TargetOf is the share's target that is this account, or nil.
func (s *Share) TargetOf(importer *Account) *Target {
	if s.importers != nil {
		return s.importers[importer]
	}
	for _, t := range s.Targets {
		if t.To == importer {
			return t
		}
	}
	return nil
}

// aim adds a target of an account that has none yet.
func (s *Share) aim(t *Target) {
	s.Targets = append(s.Targets, t)
	switch {
	case s.importers != nil:
		s.importers[t.To] = t
	case len(s.Targets) > maxListed:
		s.importers = make(map[*Account]*Target, cap(s.Targets))
		for _, t := range s.Targets {
			s.importers[t.To] = t
		}
	}
}

// astray reports that one of the share's to blocks leads to no account, as has
// been said: any account may be the one that was meant.
func (s *Share) astray() bool {
	return s.Accept == nil && (s.Src.Lacks("to") || slices.ContainsFunc(s.Src.To, func(to *schema.To) bool { return to.Importer() == nil }))
}

// SharesOf are the shares of a stream, or of a consumer of it, by name.
func (t *Topology) SharesOf(stream *Stream) []*Share {
	var shares []*Share
	for _, s := range t.Shares {
		if s.Stream == stream {
			shares = append(shares, s)
		}
	}
	return shares
}

// TargetsOf are the targets by which shares come to an account: those of this topology
// by name, then those that it accepts.
func (t *Topology) TargetsOf(importer *Account) []*Target {
	var targets []*Target
	for _, shares := range [][]*Share{t.Shares, t.Accepted} {
		for _, s := range shares {
			if to := s.TargetOf(importer); to != nil {
				targets = append(targets, to)
			}
		}
	}
	return targets
}

// Is reports that a reference means the share: the share itself or, of an
// accepted one, its accept block or that block's share of its name.
func (s *Share) Is(e schema.Entity) bool {
	switch e := e.(type) {
	case *schema.Share:
		return s.Accept == nil && e == s.Src
	case *schema.Accept:
		return e == s.Accept
	case *schema.AcceptedShare:
		return e.Accept == s.Accept && e.Share == s.Name
	}
	return false
}

// sharesOf are the shares that a reference means: one, none that was compiled,
// or all that an accept block took.
func (p *pass) sharesOf(e schema.Entity) []*Share {
	switch e := e.(type) {
	case *schema.Share:
		if s := p.shares[e]; s != nil {
			return []*Share{s}
		}
	case *schema.Accept:
		return p.accepted[e]
	case *schema.AcceptedShare:
		for _, s := range p.accepted[e.Accept] {
			if s.Name == e.Share {
				return []*Share{s}
			}
		}
	}
	return nil
}

// missing reports a reference to a share that an accept block did not take; of
// what was not compiled the reason has been said.
func (p *pass) missing(e schema.Entity, at hcl.Range) {
	ref, ok := e.(*schema.AcceptedShare)
	if !ok || len(p.accepted[ref.Accept]) == 0 {
		return
	}
	taken := p.accepted[ref.Accept]
	d := diag.New("unknown-reference", at, fmt.Sprintf("share %q in %s", ref.Share, ref.Accept.Address()))
	p.suggest(d, ref.Share, len(taken), func(i int) string { return taken[i].Name })
	p.add(d)
}

// GrantsFor are the grants that the share gives to a target. The target may be
// one that the share does not name: whoever imports a public share.
func (s *Share) GrantsFor(server *Server, to *Target) []*Grant {
	return s.expand(s.Facts(server, to), to)
}

// Copies are the importer's streams whose mirror or source is the share, by
// name.
func (t *Target) Copies() []*Stream {
	var copies []*Stream
	for _, s := range t.To.Streams {
		for o := range s.origins() {
			if o.src.Share.IsSet() && t.Share.Is(o.src.Share.Value) {
				copies = append(copies, s)
				break
			}
		}
	}
	return copies
}

// Address is the share as a reference is written. One that an accept block took
// is its share of that name.
func (s *Share) Address() string {
	if s.Accept != nil {
		return fmt.Sprintf("%s[%q]", s.Accept.Address(), s.Name)
	}
	return s.Src.Address()
}
