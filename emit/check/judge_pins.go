package check

import (
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// judgePins asks for a proof of every key in the lock: a token that says so, the
// topology's public_key, the base, or the caller's word. Whoever edited a pin
// that nothing bears out would become that account (docs/security.md C3).
func (c *checker) judgePins() {
	written := emit.WrittenKeys(c.Topology)
	bearers := bearerUsers(c.Topology)
	var rest []string
	for id, key := range c.Lock.Keys {
		if c.byID[id] != nil { // judgeEntry has compared the two
			continue
		}
		if written[id] != key && c.Accept[id] != key && (c.Base == nil || c.Base.Keys[id] != key) && !bearers[id] {
			rest = append(rest, id)
		}
	}
	slices.Sort(rest)
	for _, id := range rest {
		switch key := c.Lock.Keys[id]; {
		case c.proven(id, key), c.wasUnsigned(id, key):
		case c.signedBefore(id):
			c.rotated(id)
		default:
			c.tell(diag.New("key-unproven", c.entry("keys", id), key, id), id)
		}
	}
}

// proven reports that a committed token says that a key has an ID, which has no
// token itself.
func (c *checker) proven(id, key string) bool {
	if c.told[id] || c.told[emit.TokenPath(id)] {
		return true // its token does not verify, which is told
	}
	parts, _ := lock.Parts(id)
	if len(parts) == 4 && parts[2] == "signing" {
		return c.signs(parts, key)
	}
	// With a token that is only missing, and nothing to trust, the tree is as
	// consistent as it can be without.
	t, had := c.Lock.Tokens[id]
	return had && t.Subject == key && c.Trust == "" && c.Base == nil && c.lists(id, key)
}

// signs reports that the owner's token names a signing key. Of a scoped one it
// has the role, which is the label.
func (c *checker) signs(parts []string, key string) bool {
	owner := c.byID[schema.ID(parts[:2]...)]
	if owner == nil {
		// Told of as missing, or as not verifying.
		return c.Base == nil && c.Trust == "" || c.told[emit.TokenPath(schema.ID(parts[:2]...))]
	}
	switch claims := owner.claims.(type) {
	case *jwt.OperatorClaims:
		return slices.Contains(claims.SigningKeys, key)
	case *jwt.AccountClaims:
		scope, has := claims.SigningKeys[key]
		if user, ok := scope.(*jwt.UserScope); ok {
			return user.Role == parts[3]
		}
		return has
	}
	return false
}

// lists reports that the manifest, where there is one, has the same key for a
// token.
func (c *checker) lists(id, key string) bool {
	m := c.listing()
	entry, listed := m.entries[emit.TokenPath(id)]
	return m.read == nil || listed && entry.Subject == key
}

// wasUnsigned reports that a user is gone, or changed, whose token no file of the
// last build holds either: it was a bearer user. What a build does then, a finding
// tells; a token is signed only for a key that somebody proves to it.
func (c *checker) wasUnsigned(id, key string) bool {
	t, had := c.Lock.Tokens[id]
	m := c.listing()
	if !had || t.Subject != key || m.read == nil || m.has(emit.TokenPath(id)) || c.files[emit.TokenPath(id)] || kindOfID(id) != jwt.UserClaim {
		return false
	}
	if c.Base != nil && c.Base.Keys[id] != "" { // which has another
		return false
	}
	now := c.plan.Token(id)
	return now == nil || now.State == emit.Changed
}

// bearerUsers are the IDs of users whose token no file holds, since it connects
// alone. Nothing can prove their key, nor can anybody use a false one: the
// token goes into credentials only, which need the pinned key's seed.
func bearerUsers(t *compiler.Topology) map[string]bool {
	out := map[string]bool{}
	for _, a := range t.Accounts {
		for _, u := range a.Users {
			if emit.Bearer(u) {
				out[lock.UserID(a.Name, u.Name)] = true
			}
		}
	}
	return out
}
