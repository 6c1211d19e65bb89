package lock

import (
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
)

// Merge returns what two branches' locks come to, each made from base: an empty
// lock where they have none in common. It changes none of the three, and ours
// and theirs can be swapped.
//
// A pin follows the branch that changed it. Of a token the greater iat stays;
// what one branch took away and the other issued again, or issued under an account
// that is gone, is gone, and revoked (activations and users) or retired (signing
// keys). Revocations and retired
// keys of both stay. The next build signs what the merged topology then asks
// for. Two keys for one ID, or two IDs of one key, are a lock-invalid diagnostic each, without a place
// but the filename, and the lock is nil.
func Merge(filename string, base, ours, theirs *Lock) (*Lock, hcl.Diagnostics) {
	m := &merge{
		filename: filename, base: base,
		sides:  [2]*Lock{ours, theirs},
		merged: New(),
	}
	m.keys()
	m.ledger()
	m.tokens()
	if m.diags.HasErrors() {
		return nil, m.diags
	}
	return m.merged, nil
}

type merge struct {
	filename string
	base     *Lock
	sides    [2]*Lock
	merged   *Lock
	diags    hcl.Diagnostics
}

func (m *merge) keys() {
	for _, id := range union(m.base.Keys, m.sides[0].Keys, m.sides[1].Keys) {
		before, based := m.base.Keys[id]
		ours, inOurs := m.sides[0].Keys[id]
		theirs, inTheirs := m.sides[1].Keys[id]
		switch {
		case inOurs && inTheirs && ours == theirs,
			inOurs && inTheirs && theirs == before:
			m.merged.Keys[id] = ours
		case inOurs && inTheirs && ours == before:
			m.merged.Keys[id] = theirs
		case inOurs && inTheirs:
			m.conflict("%s is pinned to two keys: %s in ours, %s in theirs", id, ours, theirs)
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
	m.keepApart()
}

// keepApart refuses two IDs of one key, as each branch may have moved it to one.
func (m *merge) keepApart() {
	first := make(map[string]string, len(m.merged.Keys))
	for _, id := range slices.Sorted(maps.Keys(m.merged.Keys)) {
		key := m.merged.Keys[id]
		if other, twice := first[key]; twice {
			m.conflict("%s and %s are pinned to one key, %s", other, id, key)
		}
		first[key] = id
	}
}

// drop leaves out a pin that one branch took away. If the other had rotated it,
// nobody has retired that branch's key yet.
func (m *merge) drop(id, key, before string) {
	if key != before && isSigningKey(id) {
		m.merged.Retire(id, key)
	}
}

// ledger keeps what either branch revoked or retired.
func (m *merge) ledger() {
	for _, side := range m.sides {
		for id, r := range side.Revoked {
			m.revoke(id, r)
		}
		for id, keys := range side.Retired {
			for _, key := range keys {
				m.merged.Retire(id, key)
			}
		}
	}
	for id, key := range m.merged.Keys {
		if slices.Contains(m.merged.Retired[id], key) {
			m.conflict("%s is pinned to %s in one branch, and the other retired that key", id, key)
		}
	}
}

func (m *merge) tokens() {
	for _, id := range union(m.base.Tokens, m.sides[0].Tokens, m.sides[1].Tokens) {
		before, based := m.base.Tokens[id]
		ours, inOurs := m.sides[0].Tokens[id]
		theirs, inTheirs := m.sides[1].Tokens[id]
		switch {
		case inOurs && inTheirs:
			m.merged.Tokens[id] = m.newer(id, ours, theirs)
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

// added keeps a token that one branch has added. Where the other took away the
// account that issued it, or its key, no build would know of it any more.
func (m *merge) added(id string, t Token, side *Lock) {
	parts, _ := Parts(id)
	account := AccountID(parts[1])
	if key, had := side.Keys[account]; had && m.merged.Keys[account] != key && m.revokeToken(id, t) {
		return
	}
	m.merged.Tokens[id] = t
}

// newer chooses between two tokens of one ID.
func (m *merge) newer(id string, a, b Token) Token {
	if a == b {
		return a
	}
	if a.Subject != b.Subject {
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
		// only a newer token. Which claims stay is of no matter: order decides.
		if a.Claims < b.Claims || a.Claims == b.Claims && (a.Subject < b.Subject || a.Subject == b.Subject && a.Expires < b.Expires) {
			a = b
		}
		a.IssuedAt++
		return a
	}
	if a.IssuedAt > b.IssuedAt {
		return a
	}
	return b
}

// revokeToken revokes a token that one branch issued after the other had taken
// its ID away. Operators' and accounts' tokens end with their ID: there is nothing
// to revoke.
func (m *merge) revokeToken(id string, t Token) (revoked bool) {
	parts, _ := Parts(id)
	var account string
	var entry func(accountKey string) string
	switch {
	case parts[0] == "activation":
		account = parts[1]
		entry = func(key string) string { return RevocationID(key, parts[2], parts[3], t.Subject) }
	case len(parts) == 4 && parts[2] == "user":
		account = parts[1]
		entry = func(key string) string { return UserRevocationID(key, t.Subject) }
	default:
		return false
	}
	// An account whose pin changed in one branch signed with either key.
	issuers := map[string]bool{}
	for _, l := range []*Lock{m.base, m.sides[0], m.sides[1]} {
		if key, ok := l.Keys[AccountID(account)]; ok {
			issuers[key] = true
		}
	}
	if len(issuers) == 0 {
		m.conflict("%s must be revoked, but no branch pins the key of %s", id, AccountID(account))
	}
	for key := range issuers {
		m.revoke(entry(key), Revocation{Before: t.IssuedAt, Expires: t.Expires})
	}
	return true
}

// revoke adds r to what is revoked under the ID: the later moment, and the later
// end, where 0 is the latest.
func (m *merge) revoke(id string, r Revocation) {
	if old, ok := m.merged.Revoked[id]; ok {
		r.Before = max(r.Before, old.Before)
		if r.Expires == 0 || old.Expires == 0 {
			r.Expires = 0
		} else {
			r.Expires = max(r.Expires, old.Expires)
		}
	}
	m.merged.Revoked[id] = r
}

func (m *merge) conflict(format string, args ...any) {
	at := hcl.Range{Filename: m.filename, Start: hcl.InitialPos, End: hcl.InitialPos}
	m.diags = append(m.diags, invalid(at, format, args...))
}

// subjectKeyID is the key ID of the entity that a token is about.
func subjectKeyID(tokenID string) string {
	if parts, _ := Parts(tokenID); len(parts) == 5 && parts[0] == "activation" {
		return AccountID(parts[4])
	}
	return tokenID
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
