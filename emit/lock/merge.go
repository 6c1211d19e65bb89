package lock

import (
	"cmp"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema"
	"jsc/schema/diag"
)

// Merged is what two branches' locks come to.
type Merged struct {
	Lock *Lock  // nil where there are conflicts
	Data []byte // Lock encoded; with conflicts, what both sides have of them stands between markers
	// Conflicts are lock-invalid diagnostics, at lines of Data.
	Conflicts hcl.Diagnostics
}

// Merge returns what two branches' locks come to, each made from base: an empty
// lock where they have none in common. It changes none of the three, and ours
// and theirs can be swapped.
//
// What one branch moved to another ID is there in all three. A pin follows the
// branch that changed it. Of a token the greater iat stays; what one branch took
// away and the other issued again, or made below it, is gone, and revoked
// (activations and users) or retired (signing keys). Revocations and retired
// keys of both stay. The next build signs what the merged topology then asks
// for.
//
// Two keys for one ID, two IDs for one key, and a pin that the other branch
// retired are conflicts. All else is merged in Data as well, so that nothing of
// theirs is lost on whoever settles them, whichever side's lines are kept.
func Merge(filename string, base, ours, theirs *Lock) Merged {
	sides := [2]*Lock{ours, theirs}
	l, conflicts := settled(base, sides, 0)
	other, more := settled(base, sides, 1)
	for _, c := range more { // a name that only theirs' way has can be taken
		if !slices.Contains(conflicts, c) {
			conflicts = append(conflicts, c)
		}
	}
	if len(conflicts) == 0 {
		return Merged{Lock: l, Data: l.Encode()}
	}
	merged := Merged{Data: mark(l.Encode(), other.Encode())}
	for _, c := range conflicts {
		d := diag.New("lock-invalid", placeOf(filename, merged.Data, c.id), c.says)
		merged.Conflicts = append(merged.Conflicts, diag.WithHint(d, hintMarked))
	}
	return merged
}

// settled is the merge in which conflicts go as one side has it, and the
// conflicts.
func settled(base *Lock, sides [2]*Lock, side int) (*Lock, []conflict) {
	m := &merge{base: base, sides: sides, side: side, merged: New(), disputed: map[string]bool{}}
	m.align()
	m.keys()
	m.ledger()
	m.once()
	m.tokens()
	return m.merged, m.conflicts
}

type merge struct {
	base      *Lock
	sides     [2]*Lock
	side      int // whose conflicts go its way
	merged    *Lock
	disputed  map[string]bool // IDs that are pinned to two keys
	conflicts []conflict
}

// conflict is what somebody has to decide.
type conflict struct{ id, says string }

func (m *merge) conflict(id, says string) { m.conflicts = append(m.conflicts, conflict{id, says}) }

func (m *merge) keys() {
	for _, id := range union(m.base.Keys, m.sides[0].Keys, m.sides[1].Keys) {
		before, based := m.base.Keys[id]
		ours, inOurs := m.sides[0].Keys[id]
		theirs, inTheirs := m.sides[1].Keys[id]
		switch {
		case m.isBelowGone(id):
			if inOurs && inTheirs { // neither branch's build has seen it go
				before = ""
			}
			m.drop(id, ours, before)
			m.drop(id, theirs, before)
		case inOurs && inTheirs && ours == theirs,
			inOurs && inTheirs && theirs == before:
			m.merged.Keys[id] = ours
		case inOurs && inTheirs && ours == before:
			m.merged.Keys[id] = theirs
		case inOurs && inTheirs:
			m.dispute(id, [2]string{ours, theirs})
		case inOurs && !based:
			m.merged.Keys[id] = ours
		case inTheirs && !based:
			m.merged.Keys[id] = theirs
		case inOurs:
			m.drop(id, ours, before)
		case inTheirs:
			m.drop(id, theirs, before)
		}
	}
}

// dispute is for an ID with a key in each branch. The one that goes may be in
// other hands.
func (m *merge) dispute(id string, keys [2]string) {
	m.disputed[id] = true
	m.conflict(id, id+" is pinned to two keys: "+keys[0]+" in ours, "+keys[1]+" in theirs")
	m.merged.Keys[id] = keys[m.side]
	if isSigningKey(id) {
		m.merged.Retire(id, keys[1-m.side])
	}
}

// drop leaves out a pin that one branch took away. If the other had rotated or
// made it, nobody has retired that branch's key yet.
func (m *merge) drop(id, key, before string) {
	if key != "" && key != before && isSigningKey(id) {
		m.merged.Retire(id, key)
	}
}

// isBelowGone reports that what has an ID belongs to an account, or an operator,
// that one branch took away. Owners come before what they own.
func (m *merge) isBelowGone(id string) bool {
	owner := ownerID(id)
	_, stays := m.merged.Keys[owner]
	return owner != "" && !stays && slices.ContainsFunc(m.locks(), func(l *Lock) bool { return l.Keys[owner] != "" })
}

func (m *merge) locks() []*Lock { return []*Lock{m.base, m.sides[0], m.sides[1]} }

// ledger keeps what either branch revoked or retired.
func (m *merge) ledger() {
	for _, side := range m.sides {
		for id, r := range side.Revoked {
			m.merged.Revoke(id, r)
		}
		for id, keys := range side.Retired {
			for _, key := range keys {
				m.merged.Retire(id, key)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(m.merged.Keys)) {
		key := m.merged.Keys[id]
		if m.disputed[id] || !slices.Contains(m.merged.Retired[id], key) {
			continue
		}
		for i, side := range m.sides {
			if side.Keys[id] == key || !slices.Contains(side.Retired[id], key) {
				continue // a pin that its own branch retired, a build refuses
			}
			m.conflict(id, id+" is pinned to "+key+" in one branch, and the other retired that key")
			switch is, pinned := side.Keys[id]; {
			case i != m.side:
			case pinned:
				m.merged.Keys[id] = is
			default:
				delete(m.merged.Keys, id)
			}
			break
		}
	}
}

// once finds keys that came to two IDs: each branch pinned one of them.
func (m *merge) once() {
	ids := map[string][]string{}
	for _, id := range slices.Sorted(maps.Keys(m.merged.Keys)) {
		key := m.merged.Keys[id]
		ids[key] = append(ids[key], id)
	}
	for _, key := range slices.Sorted(maps.Keys(ids)) {
		var only [2]string // the ID that one branch alone has it under
		for _, id := range ids[key] {
			ours, theirs := m.sides[0].Keys[id] == key, m.sides[1].Keys[id] == key
			switch {
			case ours && !theirs:
				only[0] = id
			case theirs && !ours:
				only[1] = id
			}
		}
		if only[0] != "" && only[1] != "" {
			m.twoNames(key, only)
			delete(m.merged.Keys, only[1-m.side])
		}
	}
}

func (m *merge) twoNames(key string, ids [2]string) {
	m.conflict(ids[0], key+" is pinned under two IDs: "+ids[0]+" in ours, "+ids[1]+" in theirs")
}

func (m *merge) tokens() {
	for _, id := range union(m.base.Tokens, m.sides[0].Tokens, m.sides[1].Tokens) {
		before, based := m.base.Tokens[id]
		ours, inOurs := m.sides[0].Tokens[id]
		theirs, inTheirs := m.sides[1].Tokens[id]
		switch {
		case m.isBelowGone(id):
			if inOurs && (ours != before || inTheirs) {
				m.revokeToken(id, ours)
			}
			if inTheirs && (theirs != before || inOurs) {
				m.revokeToken(id, theirs)
			}
		case inOurs && inTheirs:
			m.merged.Tokens[id] = m.newer(id, before, ours, theirs)
		case inOurs && !based:
			m.added(id, ours, m.sides[0])
		case inTheirs && !based:
			m.added(id, theirs, m.sides[1])
		case inOurs && ours != before:
			m.revokeToken(id, ours)
		case inTheirs && theirs != before:
			m.revokeToken(id, theirs)
		}
	}
}

// added keeps a token that one branch has added. Where the other gave the account
// that issued it another key, no build would know of it any more.
func (m *merge) added(id string, t Token, side *Lock) {
	owner := ownerID(id)
	if key, had := side.Keys[owner]; had && m.merged.Keys[owner] != key && !m.disputed[owner] {
		m.revokeToken(id, t)
		return
	}
	m.merged.Tokens[id] = t
}

// newer chooses between two tokens of one ID.
func (m *merge) newer(id string, before, a, b Token) Token {
	if a == b {
		return a
	}
	if compareTokens(a, b) < 0 {
		a, b = b, a
	}
	if a.Subject != b.Subject {
		if m.disputed[subjectKeyID(id)] {
			// Whichever key stays, the next build has to revoke the token of the
			// other, and so to know of both.
			if beside := besideID(id, b.Subject); beside != "" && b != before {
				m.merged.Tokens[beside] = b
			}
			return a
		}
		// One branch changed the key. The token of the other key was replaced
		// there, but possibly issued again here since.
		pin, pinned := m.merged.Keys[subjectKeyID(id)]
		switch {
		case pinned && a.Subject == pin:
			m.revokeToken(id, b)
			return a
		case pinned && b.Subject == pin:
			m.revokeToken(id, a)
			return b
		}
	}
	if a.IssuedAt == b.IssuedAt {
		// Both were signed in one second, and a server that has one of them takes
		// only a newer token. Which claims stay is of no matter, but no build would
		// know of the other token any more.
		m.revokeToken(id, b)
		a.IssuedAt++
	}
	return a
}

// revokeToken revokes a token of one branch that no build of the merged lock
// knows of. Operators' and accounts' tokens end with their ID.
func (m *merge) revokeToken(id string, t Token) {
	parts, _ := Parts(id)
	var entry func(accountKey string) string
	switch {
	case parts[0] == "activation":
		entry = func(key string) string { return RevocationID(key, parts[2], parts[3], t.Subject) }
	case len(parts) == 4 && parts[2] == "user":
		entry = func(key string) string { return UserRevocationID(key, t.Subject) }
	default:
		return
	}
	// An account whose pin changed in one branch signed with either key.
	issuers := map[string]bool{}
	for _, l := range m.locks() {
		if key, ok := l.Keys[AccountID(parts[1])]; ok {
			issuers[key] = true
		}
	}
	if len(issuers) == 0 {
		m.conflict(id, id+" must be revoked, but no branch pins the key of "+AccountID(parts[1]))
		if m.sides[m.side].Tokens[id] == t {
			m.merged.Tokens[id] = t
		}
	}
	for key := range issuers {
		m.merged.Revoke(entry(key), Revocation{Before: t.IssuedAt, Expires: t.Expires})
	}
}

// subjectKeyID is the key ID of the entity that a token is about.
func subjectKeyID(tokenID string) string {
	if parts, _ := Parts(tokenID); len(parts) == 5 && parts[0] == "activation" {
		return AccountID(parts[4])
	}
	return tokenID
}

// besideID is where a second token of an ID stands: under its key in the place of
// the name. No topology has that name, so that a build ends what it is of, unless
// the key is in use. It is "" for a token that ends with its ID.
func besideID(tokenID, key string) string {
	parts, _ := Parts(tokenID)
	if len(parts) == 2 {
		return ""
	}
	parts = slices.Clone(parts)
	parts[len(parts)-1] = key
	return schema.ID(parts...)
}

// ownerID is the key ID of the account or operator that a key or token is of; ""
// for one's own.
func ownerID(id string) string {
	switch parts, _ := Parts(id); {
	case len(parts) == 5:
		return AccountID(parts[1])
	case len(parts) == 4:
		return schema.ID(parts[:2]...)
	}
	return ""
}

// compareTokens is an order of tokens: by when they were issued, then any.
func compareTokens(a, b Token) int {
	return cmp.Or(cmp.Compare(a.IssuedAt, b.IssuedAt), cmp.Compare(a.Claims, b.Claims), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Expires, b.Expires))
}

func isSigningKey(keyID string) bool {
	parts, _ := Parts(keyID)
	return len(parts) == 4 && parts[2] == "signing"
}

func union[V any](ms ...map[string]V) []string {
	all := map[string]bool{}
	for _, m := range ms {
		for id := range m {
			all[id] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
