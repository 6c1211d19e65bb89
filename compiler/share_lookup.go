package compiler

import "jsc/schema"

// TargetOf is the share's target that is this account, or nil.
func (s *Share) TargetOf(importer *Account) *Target { return s.importers[importer] }

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

// TargetsOf are the targets by which shares come to an account, by the shares'
// names.
func (t *Topology) TargetsOf(importer *Account) []*Target {
	var targets []*Target
	for _, s := range t.Shares {
		if to := s.TargetOf(importer); to != nil {
			targets = append(targets, to)
		}
	}
	return targets
}

// shareOf is the share that a reference means; nil when it was not compiled.
func (p *pass) shareOf(e schema.Entity) *Share {
	s, _ := e.(*schema.Share)
	return p.shares[s]
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
			if o.src.Share.Value == schema.Entity(t.Share.Src) {
				copies = append(copies, s)
				break
			}
		}
	}
	return copies
}
