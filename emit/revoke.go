package emit

import (
	"cmp"
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/lock"
)

// Revoked is one revocation that a build adds or moves.
type Revoked struct {
	ID     string // in the lock
	Token  string // ID of the token that it ends; "" for a revoke block
	Before int64  // Unix seconds: tokens issued until then end
	Reason string
}

// GraceAfterExpiry is how many seconds a revocation outlives the tokens that it
// ends (SECURITY B1): servers' clocks differ.
const GraceAfterExpiry = 24 * 60 * 60

// revoke brings the ledger up to date: who lost a token, or holds a former one
// that gave more, and who a revoke block names.
func (p *planner) revoke() {
	if !p.locked {
		for id, r := range p.Lock.Revoked {
			if p.past(r.Expires) {
				delete(p.Lock.Revoked, id)
			}
		}
	}
	p.revokeActivations()
	p.revokeUsers()
	p.kills = newLedger(p.Lock.Revoked)
	for _, a := range p.Topology.Accounts {
		for _, r := range a.Revocations {
			if !r.Before.IsZero() {
				p.kills.endUser(a.PublicKey, r.User, r.Before.Unix())
			}
		}
	}
	slices.SortFunc(p.Revoked, func(a, b Revoked) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Token, b.Token))
	})
}

// past reports that nothing that ends at exp can be in use any more.
func (p *planner) past(exp int64) bool {
	return !p.locked && exp != 0 && p.now > exp+GraceAfterExpiry
}

// end adds a revocation, or moves one that is there; exp is the end of what it
// ends, 0: never.
func (p *planner) end(id, token string, before, exp int64, reason string) {
	r := lock.Revocation{Before: before, Expires: exp}
	if was, had := p.Lock.Revoked[id]; had {
		r.Before = max(r.Before, was.Before)
		if was.Expires == 0 || exp == 0 {
			r.Expires = 0
		} else {
			r.Expires = max(exp, was.Expires)
		}
	}
	p.Lock.Revoked[id] = r
	p.Revoked = append(p.Revoked, Revoked{ID: id, Token: token, Before: r.Before, Reason: reason})
}

// grant is what an activation token gives, by public keys.
type grant struct {
	holder
	subject string
}

// revokeActivations ends the activations that the lock tells of and the
// topology gives no more, whatever went: a `to`, a share, an account, a key.
func (p *planner) revokeActivations() {
	given := map[grant]*Token{}
	for _, t := range p.byID {
		if a := t.Activation; a != nil {
			given[grant{holder{a.From.PublicKey, string(a.Type), a.To.PublicKey}, a.Subject}] = t
		}
	}
	type former struct {
		grant
		id string
	}
	var all []former
	latest := map[[2]string]int64{} // by issuer and grantee: every time of issue known
	for id, t := range p.old.Tokens {
		parts, ok := lock.Parts(id)
		if !ok || len(parts) != 5 || parts[0] != "activation" {
			continue
		}
		issuer := p.old.Keys[lock.AccountID(parts[1])]
		g := grant{holder{issuer, parts[2], t.Subject}, parts[3]}
		all = append(all, former{g, id})
		pair := [2]string{issuer, t.Subject}
		latest[pair] = max(latest[pair], t.IssuedAt)
	}
	for _, f := range all {
		t := p.old.Tokens[f.id]
		if f.issuer == "" || p.past(t.Expires) {
			continue
		}
		reason := "the topology gives it no more"
		if still := given[f.grant]; still != nil {
			if !p.endsSooner(still, t) {
				continue
			}
			reason = "it ends sooner than its former token"
		}
		before := max(p.now, latest[[2]string{f.issuer, f.grantee}])
		p.end(lock.RevocationID(f.issuer, f.kind, f.subject, f.grantee), f.id, before, t.Expires, reason)
	}
}

// endsSooner reports that a token says something else than its former one, and
// ends before it would.
func (p *planner) endsSooner(t *Token, old lock.Token) bool {
	if t.Digest == old.Claims {
		return false
	}
	exp := expires(t.expiry, max(p.now, old.IssuedAt))
	return exp != 0 && (old.Expires == 0 || exp < old.Expires)
}

// revokeUsers ends the tokens of users that went, and the former tokens of
// those that changed: the lock has no more than a digest of what a user could
// do, so any change may have narrowed it. Users of a scoped key do not change
// with its role.
func (p *planner) revokeUsers() {
	type member struct{ account, user string }
	present := map[member]*Token{}
	for _, t := range p.byID {
		if t.User != nil {
			present[member{t.Account.PublicKey, t.User.PublicKey}] = t
		}
	}
	latest := map[member]int64{}
	for id, t := range p.old.Tokens {
		parts, ok := lock.Parts(id)
		if !ok || len(parts) != 4 || parts[0] != "account" {
			continue
		}
		m := member{p.old.Keys[lock.AccountID(parts[1])], t.Subject}
		latest[m] = max(latest[m], t.IssuedAt)
		everyone := member{m.account, "*"}
		latest[everyone] = max(latest[everyone], t.IssuedAt)
		if m.account == "" || p.past(t.Expires) {
			continue
		}
		reason := "the topology has the user no more"
		if still := present[m]; still != nil {
			if still.Digest == t.Claims || still.User.Src != nil && still.User.Src.KeepOldTokens.Or(false) {
				continue
			}
			reason = "its former token says something else"
		}
		p.end(lock.UserRevocationID(m.account, m.user), id, max(p.now, t.IssuedAt), t.Expires, reason)
	}
	for _, a := range p.Topology.Accounts {
		for _, r := range a.Revocations {
			if !r.Before.IsZero() {
				continue
			}
			// The entry with the label says since when the block is there; the
			// other has the effect and outlives the block.
			event := lock.RevokeID(a.PublicKey, r.User, r.Label)
			if _, known := p.old.Revoked[event]; known {
				continue
			}
			before := max(p.now, latest[member{a.PublicKey, r.User}])
			p.end(event, "", before, 0, "revoke "+r.Label)
			p.end(lock.UserRevocationID(a.PublicKey, r.User), "", before, 0, "revoke "+r.Label)
		}
	}
}

// writeRevocations puts into an account's claims what the ledger has on it: a
// revoked activation into every export of its type whose subject overlaps,
// now or later, so that no new export revives it (SECURITY B1).
func (p *planner) writeRevocations(a *compiler.Account, c *jwt.AccountClaims) {
	for user, before := range p.kills.users[a.PublicKey] {
		if c.Revocations == nil {
			c.Revocations = jwt.RevocationList{}
		}
		c.Revocations[user] = before
	}
	for _, r := range p.kills.activations[a.PublicKey] {
		kind := claimTypes[compiler.Type(r.kind)]
		for _, e := range p.exports(a)[kind].Overlapping(r.subject) {
			if e.Revocations == nil {
				e.Revocations = jwt.RevocationList{}
			}
			e.Revocations[r.grantee] = max(e.Revocations[r.grantee], r.before)
		}
	}
}
