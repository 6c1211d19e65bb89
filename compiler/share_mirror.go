package compiler

import (
	"fmt"

	"jsc/schema/diag"
)

// checkMirrored refuses shares of buckets that clients cannot use.
func (p *pass) checkMirrored() {
	for _, s := range p.t.Shares {
		if why := s.unusable(); why != "" {
			at := s.Src.KeyValue.Range()
			if s.Src.ObjectStore.IsSet() {
				at = s.Src.ObjectStore.Range()
			}
			d := diag.New("share-mode", at, fmt.Sprintf("share %q is of no use, as its bucket is a mirror: %s", s.Name, why))
			p.add(diag.WithHint(d, "Share the bucket that is copied."))
		}
	}
}

// unusable is why no client can use the bucket that is shared, where it is a
// mirror; "" where clients can, and for what is no bucket. A mirror holds
// messages under the subjects of the bucket that it copies. Clients ask for
// those of a key-value bucket in another domain, and write to it; of any other
// they ask for subjects with the mirror's own name, of which there are none
// (nats.go, jetstream/kv.go mapStreamToKVS).
func (s *Share) unusable() string {
	switch {
	case s.Bucket == "" || s.Stream == nil || s.Stream.Config.Mirror == nil:
		return ""
	case s.Kind.Mode == "write":
		return "what clients write goes to the bucket that it copies"
	case s.Stream.Config.Mirror.External == nil || s.Kind.Source == "object_store":
		return "clients ask it for what is called after it, and it holds what is called after the bucket that it copies"
	}
	return ""
}
