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

// InForce are the revocations of the plan that some account's token carries: where
// an account goes, the lock keeps what it revokes for when it comes back, and no
// server learns of it.
func (p *Plan) InForce() []Revoked {
	issuers := make(map[string]bool, len(p.Topology.Accounts))
	for _, a := range p.Topology.Accounts {
		issuers[a.PublicKey] = true
	}
	var out []Revoked
	for _, r := range p.Revoked {
		if parts, _ := lock.Parts(r.ID); len(parts) > 0 && issuers[parts[0]] {
			out = append(out, r)
		}
	}
	return out
}

// GraceAfterExpiry is how many seconds a revocation outlives the tokens that it
// ends (docs/security.md B1): servers' clocks differ.
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
	changed := p.changed()
	p.revokeActivations(changed)
	p.revokeUsers(changed)
	p.kills = p.ledger()
	slices.SortFunc(p.Revoked, func(a, b Revoked) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Token, b.Token))
	})
}

// ledger is what the lock revokes, and revoke blocks that name their moment.
func (p *Plan) ledger() *ledger {
	l := newLedger(p.Lock.Revoked)
	for _, a := range p.Topology.Accounts {
		for _, r := range a.Revocations {
			if !r.Before.IsZero() {
				l.endUser(a.PublicKey, r.User, r.Before.Unix())
			}
		}
	}
	return l
}

// past reports that nothing that ends at exp can be in use any more.
func (p *planner) past(exp int64) bool {
	return !p.locked && exp != 0 && p.now > exp+GraceAfterExpiry
}

// end adds a revocation, or moves one that is there; exp is the end of what it
// ends, 0: never.
func (p *planner) end(id, token string, before, exp int64, reason string) {
	r := p.Lock.Revoke(id, lock.Revocation{Before: before, Expires: exp})
	p.Revoked = append(p.Revoked, Revoked{ID: id, Token: token, Before: r.Before, Reason: reason})
}

// grant is what an activation token gives, by public keys.
type grant struct {
	holder
	subject string
}

// changed are the IDs of the old lock's tokens, users' and activations', that
// the topology has no more, or not as they were. All others stay in force.
func (p *planner) changed() []string {
	pinned := make(map[*compiler.Account]bool, len(p.Topology.Accounts))
	for _, a := range p.Topology.Accounts {
		pinned[a] = p.old.Keys[lock.AccountID(a.Name)] == a.PublicKey
	}
	ids := slices.Clone(p.Gone)
	for _, t := range p.Tokens {
		if t.User == nil && t.Activation == nil || t.former == (lock.Token{}) {
			continue
		}
		if t.former.Claims != t.Digest || t.former.Subject != t.Subject || !pinned[t.Account] {
			ids = append(ids, t.ID)
		}
	}
	return ids
}

// revokeActivations ends the activations that the lock tells of and the
// topology gives no more, whatever went: a `to`, a share, an account, a key.
// changed are those that it may be about.
func (p *planner) revokeActivations(changed []string) {
	type former struct {
		grant
		id string
	}
	var ended []former
	latest := map[[2]string]int64{} // by issuer and grantee: every time of issue known
	for _, id := range changed {
		g, ok := p.formerGrant(id)
		if !ok {
			continue
		}
		for _, g.issuer = range p.mayHaveIssued(id) {
			ended = append(ended, former{g, id})
			latest[[2]string{g.issuer, g.grantee}] = 0
		}
	}
	if len(ended) == 0 {
		return
	}
	for id, t := range p.old.Tokens {
		if g, ok := p.formerGrant(id); ok {
			pair := [2]string{g.issuer, g.grantee}
			if at, asked := latest[pair]; asked {
				latest[pair] = max(at, t.IssuedAt)
			}
		}
	}
	given := make(map[grant]*Token, len(p.activations))
	for a, t := range p.activations {
		given[grant{holder{a.From.PublicKey, string(a.Type), a.To.PublicKey}, a.Subject}] = t
	}
	for _, f := range ended {
		t := p.old.Tokens[f.id]
		if p.past(t.Expires) {
			continue
		}
		reason := "the topology gives it no more"
		if still := given[f.grant]; still != nil {
			if !p.endsSooner(still, t) {
				continue
			}
			reason = "it ends sooner than its former token"
		}
		before := max(p.now, t.IssuedAt, latest[[2]string{f.issuer, f.grantee}])
		p.end(lock.RevocationID(f.issuer, f.kind, f.subject, f.grantee), f.id, before, t.Expires, reason)
	}
}

// mayHaveIssued are the keys of the accounts that may have issued a token of the
// old lock: of the one that its ID names. Where the lock has that no more, as
// after a merge by hand of an account that one branch renamed, any account may be
// it under another name, and an end that is of no use does no harm.
func (p *planner) mayHaveIssued(id string) []string {
	parts, _ := lock.Parts(id)
	if key := p.old.Keys[lock.AccountID(parts[1])]; key != "" {
		return []string{key}
	}
	var all []string
	for _, a := range p.Topology.Accounts {
		if !a.External && p.old.Keys[lock.AccountID(a.Name)] == a.PublicKey {
			all = append(all, a.PublicKey)
		}
	}
	return all
}

// formerGrant is what an activation of the old lock gives; false for an ID that
// is no activation's.
func (p *planner) formerGrant(id string) (grant, bool) {
	parts, ok := lock.Parts(id)
	if !ok || len(parts) != 5 || parts[0] != "activation" {
		return grant{}, false
	}
	return grant{holder{p.old.Keys[lock.AccountID(parts[1])], parts[2], p.old.Tokens[id].Subject}, parts[3]}, true
}

// endsSooner reports that a token says something else than its former one, and
// ends before it would.
func (p *planner) endsSooner(t *Token, old lock.Token) bool {
	if t.Digest == old.Claims {
		return false
	}
	exp := expires(*t.expiry, max(p.now, old.IssuedAt))
	return exp != 0 && (old.Expires == 0 || exp < old.Expires)
}

// revokeUsers ends the tokens of users that went, and the former tokens of
// those that changed: the lock has no more than a digest of what a user could
// do, so any change may have narrowed it. Users of a scoped key do not change
// with its role. changed are the tokens that it may be about.
func (p *planner) revokeUsers(changed []string) {
	var present map[member]*Token
	for _, id := range changed {
		m, ok := p.formerMember(id)
		if !ok {
			continue
		}
		if present == nil {
			present = p.members()
		}
		for _, m.account = range p.mayHaveIssued(id) {
			p.endMember(m, id, present[m])
		}
	}
	var latest map[member]int64
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
			if latest == nil {
				latest = p.latestOfUsers()
			}
			before := max(p.now, latest[member{a.PublicKey, r.User}])
			p.end(event, "", before, 0, "revoke "+r.Label)
			p.end(lock.UserRevocationID(a.PublicKey, r.User), "", before, 0, "revoke "+r.Label)
		}
	}
}

// endMember ends a user's former token, by its ID, if what the topology has for
// the user is another; still is that, or nil.
func (p *planner) endMember(m member, id string, still *Token) {
	t := p.old.Tokens[id]
	entry := lock.UserRevocationID(m.account, m.user)
	ends := lock.Revocation{Expires: t.Expires}
	if kept, keeps := p.Lock.Revoked[entry]; keeps {
		ends = ends.Join(kept)
	}
	if p.past(ends.Expires) {
		return
	}
	reason := "the topology has the user no more"
	if still != nil {
		if still.Digest == t.Claims {
			return
		}
		if still.User.Src != nil && still.User.Src.KeepOldTokens.Or(false) {
			p.keep(m, still, t)
			return
		}
		reason = "its former token says something else"
	} else if p.byID[id] != nil {
		reason = "its key is another"
	}
	p.end(entry, id, max(p.now, t.IssuedAt), t.Expires, reason)
}

// keep remembers that a user's former token, which stays in force, outlives the
// one in its place: what ends the user some day has to last as long.
func (p *planner) keep(m member, t *Token, old lock.Token) {
	if !p.endsSooner(t, old) {
		return
	}
	p.Lock.Revoke(lock.UserRevocationID(m.account, m.user), lock.Revocation{Before: lock.NoneYet, Expires: old.Expires})
}

// member is a user of an account, or "*", by public keys.
type member struct{ account, user string }

// formerMember is whose a user's token of the old lock is; false for an ID that
// is no user's.
func (p *planner) formerMember(id string) (member, bool) {
	parts, ok := lock.Parts(id)
	if !ok || len(parts) != 4 || parts[0] != "account" {
		return member{}, false
	}
	return member{p.old.Keys[lock.AccountID(parts[1])], p.old.Tokens[id].Subject}, true
}

// members are the topology's users.
func (p *planner) members() map[member]*Token {
	all := map[member]*Token{}
	for _, t := range p.Tokens {
		if t.User != nil {
			all[member{t.Account.PublicKey, t.User.PublicKey}] = t
		}
	}
	return all
}

// latestOfUsers are the latest times of issue of the old lock's users, and of
// all users of an account.
func (p *planner) latestOfUsers() map[member]int64 {
	latest := map[member]int64{}
	for id, t := range p.old.Tokens {
		if m, ok := p.formerMember(id); ok {
			for _, m := range []member{m, {m.account, "*"}} {
				latest[m] = max(latest[m], t.IssuedAt)
			}
		}
	}
	return latest
}

// writeRevocations puts into an account's claims what the ledger has on it: a
// revoked activation into every export of its type whose subject overlaps,
// now or later, so that no new export revives it (docs/security.md B1).
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
