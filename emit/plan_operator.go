package emit

import (
	"maps"
	"slices"

	"jsc/compiler"
	"jsc/emit/lock"
)

// mostNamed is how many lists of keys are tried for what an operator's former
// token named.
const mostNamed = 10_000

// formerlyNamed are the public keys that an operator's former token named, which
// are those that running servers take accounts from; ok is false where that is not
// known.
//
// The lock does not say it: a key is pinned when it is made, which may be before
// any token names it. But it has the former token's digest, and every key that was
// in the place of one that was rotated or went: the list with which the token has
// that digest is the former one. There is none where the token's other claims
// change in the same build.
func (p *planner) formerlyNamed(o *compiler.Operator) (named []string, ok bool) {
	was := p.old.Tokens[lock.OperatorID(o.Name)].Claims
	claims, expiry, e := operatorClaims(o), *p.byID[lock.OperatorID(o.Name)].expiry, newEncoder()
	places, tries := p.formerPlaces(o), 0
	taken := make([]bool, len(places))
	var try func() bool
	try = func() bool {
		claims.SigningKeys = named
		if body, err := e.claimsBody(claims); err == nil && digest(body, expiry, "") == was {
			return true
		}
		for i, keys := range places {
			if taken[i] {
				continue
			}
			taken[i] = true
			for _, key := range keys {
				if tries++; tries > mostNamed {
					return false
				}
				if named = append(named, key); try() {
					return true
				}
				named = named[:len(named)-1]
			}
			taken[i] = false
		}
		return false
	}
	ok = try()
	return named, ok
}

// formerPlaces are the keys that each signing key of an operator may have been
// before: of those that there are in their order, then of those that went.
func (p *planner) formerPlaces(o *compiler.Operator) [][]string {
	var ids []string
	for _, k := range o.SigningKeys {
		ids = append(ids, operatorSigningKey(o, k).ID)
	}
	for _, id := range slices.Sorted(maps.Keys(p.old.Keys)) {
		parts, ok := lock.Parts(id)
		if ok && len(parts) == 4 && parts[0] == "operator" && parts[1] == o.Name && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	places := make([][]string, len(ids))
	for i, id := range ids {
		if key, pinned := p.old.Keys[id]; pinned {
			places[i] = append(places[i], key)
		}
		places[i] = append(places[i], p.old.Retired[id]...)
	}
	return places
}
