package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// rollback tells that the lock gives back what the base's had taken.
func (c *checker) rollback(section, id, format string, args ...any) {
	c.tell(diag.New("lock-rollback", c.entry(section, id), fmt.Sprintf(format, args...)), "base "+section+" "+id)
}

// judgeAgainstBase compares the lock with the one that is believed (docs/security.md
// C4). A token that says the same may be younger: it was renewed, or changed
// and changed back.
func (c *checker) judgeAgainstBase() {
	replaced := map[string]bool{} // the base's keys that others stand for: so do their tokens
	for _, id := range slices.Sorted(maps.Keys(c.Base.Keys)) {
		was := c.Base.Keys[id]
		is, has := c.Lock.Keys[id]
		if has && is != was && c.Accept[id] != is {
			replaced[was] = true
			c.rollback("keys", id, "the key of %s is %s, and the base's is %s", id, is, was)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Base.Tokens)) {
		was := c.Base.Tokens[id]
		is, has := c.Lock.Tokens[id]
		switch {
		case !has || replaced[was.Subject] && is.Subject != was.Subject:
		case is.IssuedAt < was.IssuedAt:
			c.rollback("tokens", id, "the token of %s was issued at %s, before the base's, at %s", id, schema.FormatUnix(is.IssuedAt), schema.FormatUnix(was.IssuedAt))
		case is.IssuedAt == was.IssuedAt && is != was:
			c.rollback("tokens", id, "the token of %s says something else than the base's, and was issued at the same time", id)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Base.Revoked)) {
		was := c.Base.Revoked[id]
		is, has := c.Lock.Revoked[id]
		switch {
		case !has && !c.past(was.Expires):
			c.rollback("revoked", id, "the base revokes %s, and the lock does not", id)
		case has && !is.Covers(was):
			c.rollback("revoked", id, "the lock revokes less of %s than the base", id)
		}
	}
	c.judgeRetired()
	c.judgeLost()
}

// past reports that what ends at exp is of no use any more (docs/security.md B1).
func (c *checker) past(exp int64) bool { return exp != 0 && c.Now > exp+emit.GraceAfterExpiry }

// judgeRetired refuses a lock that forgets which keys must not return: those
// that the base has retired, and its signing keys that are gone.
func (c *checker) judgeRetired() {
	retired := map[string]bool{}
	for _, keys := range c.Lock.Retired {
		for _, k := range keys {
			retired[k] = true
		}
	}
	pinned := map[string]bool{}
	for _, k := range c.Lock.Keys {
		pinned[k] = true
	}
	for _, id := range slices.Sorted(maps.Keys(c.Base.Retired)) {
		for _, key := range c.Base.Retired[id] {
			if !retired[key] {
				c.rollback("retired", id, "the base has retired %s, a key of %s, and the lock has not", key, id)
			}
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Base.Keys)) {
		parts, _ := lock.Parts(id)
		key := c.Base.Keys[id]
		accepted := c.Accept[id] != "" && c.Accept[id] == c.Lock.Keys[id]
		if len(parts) == 4 && parts[2] == "signing" && !pinned[key] && !retired[key] && !accepted {
			c.rollback("retired", id, "%s, which was the key of %s, is gone and not retired", key, id)
		}
	}
}

// judgeLost asks that the lock revokes what a build on the base would revoke, for
// as long: what is gone without that would stay in use, or be again once its
// account is back. What was not built yet is told of as stale.
func (c *checker) judgeLost() {
	replaced := map[string]bool{} // by keys that the caller accepts: their accounts are others
	for id, key := range c.Accept {
		if was := c.Base.Keys[id]; was != key && c.Lock.Keys[id] == key {
			replaced[was] = true
		}
	}
	plan, _ := emit.NewPlan(c.Topology, c.Base, c.Now)
	for _, r := range plan.Revoked {
		was := c.Base.Tokens[r.Token]
		issuer, _, _ := strings.Cut(r.ID, "/")
		if r.Token == "" || c.Lock.Tokens[r.Token] == was || c.past(was.Expires) || replaced[issuer] {
			continue
		}
		is, has := c.Lock.Revoked[r.ID]
		switch {
		case !has || is.Before < was.IssuedAt:
			c.rollback("revoked", r.ID, "the base's token of %s is gone, and the lock does not revoke it", r.Token)
		case is.EndsSooner(lock.Revocation{Expires: was.Expires}):
			c.rollback("revoked", r.ID, "the base's token of %s is gone, which expires %s, and the lock revokes it as if it expired %s", r.Token, end(was.Expires), end(is.Expires))
		}
	}
}
