package lock

import (
	"cmp"
	"maps"
	"slices"

	"jsc/schema"
)

// align gives what a branch moved to another ID that ID in all three locks, so
// that what the other branch did to it since is done to the same thing. Accounts
// and operators come first: they take what is theirs along.
func (m *merge) align() {
	for _, parts := range []int{2, 4} {
		moves := m.moves(parts)
		var names [2]map[string]string // by the ID that a branch has, the one that it gets
		for i, side := range m.sides {
			names[i] = map[string]string{}
			for _, mv := range moves {
				if mv.now[i] != mv.to {
					names[i][mv.now[i]] = mv.to
				}
			}
			leaveTaken(side, names[i])
		}
		based := map[string]string{}
		for _, mv := range moves {
			stays := false // a branch has another key where this would go
			for i := range m.sides {
				stays = stays || mv.now[i] != mv.to && names[i][mv.now[i]] == ""
			}
			if mv.before != "" && mv.before != mv.to && !stays {
				based[mv.before] = mv.to
			}
		}
		leaveTaken(m.base, based)
		m.base = m.base.renamed(based)
		m.sides = [2]*Lock{m.sides[0].renamed(names[0]), m.sides[1].renamed(names[1])}
	}
}

// move is where a key of both branches is, and where it comes to be.
type move struct {
	before string // in the base; "" when it is not there
	now    [2]string
	to     string
}

// moves are the keys, by IDs of a number of parts, that a branch moved and the
// other has still.
func (m *merge) moves(parts int) []move {
	var places [3]map[owned]string
	for i, l := range m.locks() {
		places[i] = placesOf(l, parts)
	}
	var moves []move
	for _, key := range keysOf(places) {
		mv := move{before: places[0][key]}
		for i, side := range m.sides {
			mv.now[i] = places[1+i][key]
			if is := side.Keys[mv.before]; mv.now[i] == "" && is != "" && places[0][owned{key.owner, is}] == "" {
				mv.now[i] = mv.before // it got another key there
			}
		}
		switch {
		case mv.now[0] == "" || mv.now[1] == "": // one branch took it away
			continue
		case mv.now[0] == mv.now[1] && mv.now[0] == mv.before:
			continue
		case mv.now[0] == mv.now[1] || mv.now[1] == mv.before:
			mv.to = mv.now[0]
		case mv.now[0] == mv.before:
			mv.to = mv.now[1]
		default:
			m.twoNames(key.key, mv.now)
			mv.to = mv.now[m.side]
		}
		moves = append(moves, mv)
	}
	return moves
}

// leaveTaken leaves out names that another key has, and keeps.
func leaveTaken(l *Lock, names map[string]string) {
	for left := true; left; {
		left = false
		for from, to := range names {
			if l.Keys[to] != "" && names[to] == "" {
				delete(names, from)
				left = true
			}
		}
	}
}

// owned is a key, and the ID of what it is of: no key goes from one account to
// another.
type owned struct{ owner, key string }

// placesOf are the IDs of a number of parts that a lock pins keys under. A key
// with two of them has none that is known.
func placesOf(l *Lock, parts int) map[owned]string {
	places := map[owned]string{}
	twice := map[owned]bool{}
	for id, key := range l.Keys {
		if p, _ := Parts(id); len(p) == parts {
			k := owned{schema.ID(p[:parts-1]...), key}
			twice[k] = twice[k] || places[k] != ""
			places[k] = id
		}
	}
	for k, is := range twice {
		if is {
			delete(places, k)
		}
	}
	return places
}

func keysOf(places [3]map[owned]string) []owned {
	all := map[owned]bool{}
	for _, p := range places {
		for k := range p {
			all[k] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b owned) int {
		return cmp.Or(cmp.Compare(a.owner, b.owner), cmp.Compare(a.key, b.key))
	})
}

// renamed is the lock with other IDs for keys, all at once, and what is theirs.
func (l *Lock) renamed(names map[string]string) *Lock {
	if len(names) == 0 {
		return l
	}
	out := New()
	for _, id := range slices.Sorted(maps.Keys(l.Keys)) {
		out.Keys[renamed(id, names)] = l.Keys[id]
	}
	for _, id := range slices.Sorted(maps.Keys(l.Tokens)) {
		out.Tokens[renamed(id, names)] = l.Tokens[id]
	}
	for id, keys := range l.Retired {
		for _, key := range keys {
			out.Retire(renamed(id, names), key)
		}
	}
	out.Revoked = l.Revoked
	return out
}

func renamed(id string, names map[string]string) string {
	if to, is := names[id]; is {
		return to
	}
	parts, _ := Parts(id)
	switch {
	case len(parts) == 5:
		for _, i := range []int{1, 4} {
			if to, is := names[AccountID(parts[i])]; is {
				account, _ := Parts(to)
				parts[i] = account[1]
			}
		}
	case len(parts) == 4:
		if to, is := names[schema.ID(parts[:2]...)]; is {
			owner, _ := Parts(to)
			copy(parts, owner)
		}
	default:
		return id
	}
	return schema.ID(parts...)
}
