package keys

import (
	"fmt"
	"slices"
)

// Import stores every seed that another Ring's sources hold (an nsc keys
// folder, say) into this one's first dir: source. It returns the public keys
// stored and those whose seed was in a source of r already, each sorted. Every
// seed is read before the first is stored; none is overwritten.
func (r *Ring) Import(from *Ring) (stored, present []string, err error) {
	held, err := from.Held()
	if err != nil {
		return nil, nil, err
	}
	keys, err := from.all(held)
	if err != nil {
		return nil, nil, err
	}
	own, err := r.Held()
	if err != nil {
		return nil, nil, err
	}
	var lacking []*Key
	for _, key := range keys {
		if _, ours := slices.BinarySearch(own, key.public); ours {
			present = append(present, key.public)
		} else {
			lacking = append(lacking, key)
		}
	}
	paths, err := r.storeSeeds(lacking)
	for i := range paths {
		stored = append(stored, lacking[i].public)
	}
	return stored, present, err
}

// all returns the keys with some public keys, in their order, or the *Error for
// the first that is lacking.
func (r *Ring) all(publicKeys []string) ([]*Key, error) {
	keys := make([]*Key, len(publicKeys))
	for i, public := range publicKeys {
		id, pinned := r.o.pinned(public)
		if !pinned {
			id = public
		}
		if _, ok := RoleOf(public); !ok {
			return nil, fmt.Errorf("%q is not a public key of an operator, an account or a user", public)
		}
		key, err := r.key(id, public)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}
