package lint

import (
	"jsc/compiler"
	"jsc/schema"
)

// copying are accounts with what their streams copy, collected once for each.
type copying map[*compiler.Account]*copied

// copied is what streams of an account copy: by reference to a share, or,
// written out, by the stream's name and where the account sees the API.
type copied struct {
	shares   map[schema.Entity]bool
	accepted map[fromBundle]bool
	external map[[2]string]bool
}

// fromBundle is a share that an accept block takes.
type fromBundle struct {
	accept *schema.Accept
	share  string
}

// by reports that a stream of the importer takes from the share.
func (c copying) by(t *compiler.Target) bool {
	x := c[t.To]
	if x == nil {
		x = copiedBy(t.To)
		c[t.To] = x
	}
	s := t.Share
	if x.external[[2]string{t.APIPrefix, s.Stream.Config.Name}] {
		return true
	}
	if s.Accept == nil {
		return x.shares[s.Src]
	}
	return x.shares[s.Accept] || x.accepted[fromBundle{s.Accept, s.Name}]
}

func copiedBy(a *compiler.Account) *copied {
	x := &copied{
		shares:   make(map[schema.Entity]bool),
		accepted: make(map[fromBundle]bool),
		external: make(map[[2]string]bool),
	}
	for _, s := range a.Streams {
		for _, o := range origins(s.Src) {
			if o.External != nil {
				x.external[[2]string{o.External.API.Value, o.Name.Value}] = true
			}
			if ref, ok := o.Share.Value.(*schema.AcceptedShare); ok {
				x.accepted[fromBundle{ref.Accept, ref.Share}] = true
			} else if o.Share.IsSet() {
				x.shares[o.Share.Value] = true
			}
		}
	}
	return x
}

// origins are the mirror and source blocks of a stream or bucket.
func origins(e schema.Entity) []*schema.StreamSource {
	var mirror *schema.StreamSource
	var all []*schema.StreamSource
	switch e := e.(type) {
	case *schema.Stream:
		mirror, all = e.Mirror, e.Sources
	case *schema.Bucket:
		mirror, all = e.Mirror, e.Sources
	}
	if mirror != nil {
		return append(all[:len(all):len(all)], mirror)
	}
	return all
}
