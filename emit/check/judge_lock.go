package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// forged tells that a lock's entry is not what the tokens say.
func (c *checker) forged(section, id, format string, args ...any) {
	c.tell(diag.New("lock-forged", c.entry(section, id), fmt.Sprintf(format, args...)), id)
}

// judgeLock derives anew from the committed tokens what the lock says of them:
// times, keys, digests and revocations (docs/security.md C3).
func (c *checker) judgeLock() {
	c.judgeEntries()
	var accounts []*jwt.AccountClaims
	for _, key := range slices.Sorted(maps.Keys(c.accounts)) {
		accounts = append(accounts, c.accounts[key].claims)
	}
	derived := emit.NewCommitted(c.plan, accounts, c.activation, func(i int) (string, bool) { return c.madeHere(c.recognized[i]) })
	fits := make([]bool, len(c.verified))
	parallel.Do(len(fits), func(i int) { fits[i] = c.fits(derived, c.verified[i]) })
	var odd []string
	for i, t := range c.verified {
		if !fits[i] {
			odd = append(odd, t.id)
		}
	}
	slices.Sort(odd)
	for _, id := range odd {
		if c.byID[id].paths != nil && !c.embedsTold(c.byID[id]) {
			c.forged("tokens", id, "the lock's digest of %s is not that of its token", id)
		}
	}
	c.judgeEnds()
	written := c.writtenRevocations()
	for _, a := range accounts {
		c.judgeRevocations(a, derived.Revocations(a), written[a.Subject])
	}
}

// judgeEnds refuses revocations that the next build would drop: no build makes one
// of what had expired long before (docs/security.md B1).
func (c *checker) judgeEnds() {
	for _, id := range slices.Sorted(maps.Keys(c.Lock.Revoked)) {
		if r := c.Lock.Revoked[id]; r.Expires != 0 && r.Before > r.Expires+emit.GraceAfterExpiry+emit.MaxAhead {
			c.forged("revoked", id, "the lock revokes %s until %s, and says that it expired %s", id, schema.FormatUnix(r.Before), end(r.Expires))
		}
	}
}

// fits reports that the lock's digest may be that of a token.
func (c *checker) fits(derived *emit.Committed, t *token) bool {
	locked := c.Lock.Tokens[t.id].Claims
	if p := t.planned; p != nil && p.ID == t.id && p.Digest == locked && derived.Repeats(p) {
		return true
	}
	digests, known := derived.Digests(t.claims)
	return !known || slices.Contains(digests, locked)
}

// embedsTold reports that an account embeds an activation that a finding is
// about: its digest, which has the activation's, cannot be right then.
func (c *checker) embedsTold(t *token) bool {
	a, ok := t.claims.(*jwt.AccountClaims)
	return ok && slices.ContainsFunc(a.Imports, func(i *jwt.Import) bool {
		id, ours := c.activation(i.Token)
		return ours && c.told[id]
	})
}

// judgeEntries compares the tokens that files hold with what the lock says of them.
func (c *checker) judgeEntries() {
	for _, t := range c.tokens {
		if t.valid && t.id != "" && len(t.paths) > 0 {
			c.judgeEntry(t)
		}
	}
}

// judgeEntry compares a token with what the lock says of it.
func (c *checker) judgeEntry(t *token) {
	d := t.claims.Claims()
	entry, had := c.Lock.Tokens[t.id]
	switch {
	case !had && c.leftOver(t):
		for _, name := range t.paths {
			c.tell(diag.New("artifact-foreign", c.file(name), name), name)
		}
		c.told[t.id] = true
	case !had:
		c.forged("", t.id, "the lock says nothing of the token of %s, which is in %s", t.id, t.paths[0])
	case entry.Subject != d.Subject:
		c.forged("tokens", t.id, "the lock says that the token of %s is for %s, and it is for %s", t.id, entry.Subject, d.Subject)
	case t.claims.ClaimType() != jwt.ActivationClaim && slices.Contains(c.Lock.Retired[t.id], d.Subject) && c.Lock.Keys[t.id] != "":
		c.rotated(t.id)
	case t.claims.ClaimType() != jwt.ActivationClaim && c.Lock.Keys[t.id] != d.Subject:
		c.forged("keys", t.id, "the lock says that the key of %s is %s, and its token says %s", t.id, cmp.Or(c.Lock.Keys[t.id], "none"), d.Subject)
	case entry.IssuedAt != d.IssuedAt:
		c.forged("tokens", t.id, "the lock says that the token of %s was issued at %s, and it was at %s", t.id, schema.FormatUnix(entry.IssuedAt), schema.FormatUnix(d.IssuedAt))
	case entry.Expires != d.Expires:
		c.forged("tokens", t.id, "the lock says that the token of %s expires %s, and it does %s", t.id, end(entry.Expires), end(d.Expires))
	}
}

// leftOver reports that no file with a token is one that the manifest lists: a merge
// of two branches' output leaves an importer's bundle of the other one. It may
// still be good, and nothing but removing it helps.
func (c *checker) leftOver(t *token) bool {
	m := c.listing()
	return m.read != nil && !slices.ContainsFunc(t.paths, m.has)
}

// writtenRevocations are those of revoke blocks that name their moment, by the
// account's key: they stand in the topology only.
func (c *checker) writtenRevocations() map[string]emit.Revocations {
	written := map[string]emit.Revocations{}
	for _, a := range c.Topology.Accounts {
		for _, r := range a.Revocations {
			if r.Before.IsZero() {
				continue
			}
			if written[a.PublicKey] == nil {
				written[a.PublicKey] = emit.Revocations{}
			}
			written[a.PublicKey][r.User] = max(written[a.PublicKey][r.User], r.Before.Unix())
		}
	}
	return written
}

// judgeRevocations compares the revocations that an account's token has with
// the lock's, and those that revoke blocks write.
func (c *checker) judgeRevocations(a *jwt.AccountClaims, ledger, written emit.Revocations) {
	token := emit.RevocationsIn(a)
	ids := map[string]bool{}
	for id := range token {
		ids[id] = true
	}
	for id := range ledger {
		ids[id] = true
	}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		has, due := token[id], max(ledger[id], written[id])
		account := lock.AccountID(c.accounts[a.Subject].name)
		switch {
		case has == due || has == ledger[id] && has != 0:
		case has > due:
			c.forged("", "revocation "+account+" "+id,
				"the token of %s revokes what %s got until %s, and the lock does not", account, grantee(id), schema.FormatUnix(has))
		case has < ledger[id]:
			c.forged("", "revocation "+account+" "+id,
				"the lock revokes what %s got of %s until %s, and the account's token does not", grantee(id), account, schema.FormatUnix(ledger[id]))
		}
	}
}

// grantee is who a revocation ends: all users, a user's or an account's key.
func grantee(id string) string {
	who := id[strings.LastIndexByte(id, '/')+1:]
	if who == "*" {
		return "every user"
	}
	return who
}

// end is when something expires, in words.
func end(unix int64) string {
	if unix == 0 {
		return "never"
	}
	return "at " + schema.FormatUnix(unix)
}
