package keys

import (
	"fmt"
	"slices"
	"strings"
)

// inventory is what the sources hold, as it was listed at once: thousands of
// keys may be missing, and each asks for it.
type inventory struct {
	all    []string         // public keys, sorted
	counts string           // the sources, each with how many seeds it holds
	strays map[Role][]stray // nobody's
}

// stray is a seed of no pinned key.
type stray struct{ where, public string }

// inventory lists the sources, once until something is stored.
func (r *Ring) inventory() (*inventory, error) {
	r.listing.Lock()
	defer r.listing.Unlock()
	if r.listed != nil {
		return r.listed, nil
	}
	v := &inventory{strays: map[Role][]stray{}}
	var counts []string
	for _, s := range r.sources {
		held, err := s.held()
		if err != nil {
			return nil, err
		}
		v.all = append(v.all, held...)
		counts = append(counts, fmt.Sprintf("%s (%s)", s, count(len(held))))
		for _, public := range held {
			if _, pinned := r.o.pinned(public); !pinned && !r.o.former(public) {
				role := Role(public[0])
				v.strays[role] = append(v.strays[role], stray{s.String(), public})
			}
		}
	}
	slices.Sort(v.all)
	v.all, v.counts = slices.Compact(v.all), strings.Join(counts, ", ")
	r.listed = v
	return v, nil
}

// relist makes the next inventory a new one.
func (r *Ring) relist() {
	r.listing.Lock()
	defer r.listing.Unlock()
	r.listed = nil
}

func count(seeds int) string {
	switch seeds {
	case 0:
		return "no seeds"
	case 1:
		return "1 seed"
	}
	return fmt.Sprintf("%d seeds", seeds)
}

// Held lists the public keys of all seeds in the sources, sorted, as they were
// when the Ring first looked or stored last; keys of exec: signers, which cannot
// be listed, are not among them.
func (r *Ring) Held() ([]string, error) {
	v, err := r.inventory()
	if err != nil {
		return nil, err
	}
	return slices.Clone(v.all), nil
}

// missing explains why id's pinned key was not found. When the sources hold
// exactly one seed of the same role that is nobody else's, it is taken for
// id's, and both public keys are named.
func (r *Ring) missing(id, publicKey string) error {
	v, err := r.inventory()
	if err != nil {
		return err
	}
	if strays := v.strays[Role(publicKey[0])]; len(strays) == 1 {
		return mismatch(id, publicKey, strays[0].where, strays[0].public)
	}
	return missing(id, publicKey, v.counts)
}
