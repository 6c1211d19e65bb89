package emit

import (
	"cmp"
	"maps"
	"slices"

	"jsc/compiler"
	"jsc/emit/lock"
)

// Since makes the plan tell what changes since another lock than the one that it
// was made with: an earlier one, that of a revision of the topology. States,
// reasons, Gone, Revoked and Former are of that lock afterwards. What the tokens
// say, and the lock that results, stay.
func (p *Plan) Since(was *lock.Lock) {
	was = p.renamed(was)
	p.since = was
	p.Revoked = p.revokedSince(was)
	p.Gone = nil
	for id := range was.Tokens {
		if p.byID[id] == nil {
			p.Gone = append(p.Gone, id)
		}
	}
	slices.Sort(p.Gone)
	again := &planner{Plan: p, kills: p.ledger(), indexes: map[*compiler.Account]exportIndex{}}
	for _, t := range p.Tokens { // embedded tokens come before those that embed them
		t.former = was.Tokens[t.ID]
		t.State, t.Reason = again.compareSince(t)
	}
}

// FormerKey is the public key that a token of Gone was of.
func (p *Plan) FormerKey(id string) string { return p.formerLock().Tokens[id].Subject }

// FormerOperator is the operator that the plan's former lock has: its name and its
// public key, both "" where there is none.
func (p *Plan) FormerOperator() (name, key string) {
	was := p.formerLock()
	for _, id := range slices.Sorted(maps.Keys(was.Keys)) {
		if parts, ok := lock.Parts(id); ok && len(parts) == 2 && parts[0] == "operator" {
			return parts[1], was.Keys[id]
		}
	}
	return "", ""
}

// formerLock is the lock that the plan tells changes since.
func (p *Plan) formerLock() *lock.Lock {
	if p.since != nil {
		return p.since
	}
	return p.old
}

// renamed is a lock with the names that the topology has for its keys.
func (p *Plan) renamed(was *lock.Lock) *lock.Lock {
	was = was.Clone()
	ids := make(map[string]string, len(was.Keys))
	for id, key := range was.Keys {
		ids[key] = id
	}
	move := func(key, to string) {
		from, had := ids[key]
		if _, taken := was.Keys[to]; had && from != to && !taken {
			_ = was.Move(from, to) // what cannot be moved goes, and another comes
		}
	}
	for _, a := range p.Topology.Accounts {
		move(a.PublicKey, lock.AccountID(a.Name))
	}
	clear(ids)
	for id, key := range was.Keys { // users are called by their accounts
		ids[key] = id
	}
	for _, a := range p.Topology.Accounts {
		for _, u := range a.Users {
			move(u.PublicKey, lock.UserID(a.Name, u.Name))
		}
	}
	return was
}

// compareSince is compare with a token that somebody may have built since.
func (p *planner) compareSince(t *Token) (State, string) {
	old := t.former
	state, reason := t.saysOtherwise()
	switch {
	case state != Kept || old.IssuedAt == t.IssuedAt:
		return state, reason
	case old.IssuedAt > t.IssuedAt:
		return Changed, "its former one is newer"
	case old.IssuedAt <= kindOf(t).killed(p, t):
		return Reissued, "a revocation ends the former one"
	}
	return Renewed, "it was issued anew"
}

// revokedSince are the revocations of the new lock that another one has not, or
// from an earlier moment.
func (p *Plan) revokedSince(was *lock.Lock) []Revoked {
	told := make(map[string]Revoked, len(p.Revoked))
	for _, r := range p.Revoked {
		told[r.ID] = r
	}
	var out []Revoked
	var ended map[string]string
	for id, r := range p.Lock.Revoked {
		if before, had := was.Revoked[id]; had && before.Before >= r.Before {
			continue
		}
		if this, ok := told[id]; ok {
			out = append(out, this)
			continue
		}
		if ended == nil {
			ended = revocableTokens(was)
		}
		since := Revoked{ID: id, Before: r.Before, Token: ended[id]}
		if was.Tokens[since.Token].IssuedAt > r.Before {
			since.Token = ""
		}
		since.Reason = p.whyRevoked(since.Token, was.Tokens[since.Token])
		out = append(out, since)
	}
	slices.SortFunc(out, func(a, b Revoked) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Token, b.Token))
	})
	return out
}

// revocableTokens are the IDs of a lock's tokens by what revokes them.
func revocableTokens(l *lock.Lock) map[string]string {
	ids := make(map[string]string, len(l.Tokens))
	for id, t := range l.Tokens {
		parts, ok := lock.Parts(id)
		switch {
		case ok && len(parts) == 4:
			ids[lock.UserRevocationID(l.Keys[lock.AccountID(parts[1])], t.Subject)] = id
		case ok && len(parts) == 5:
			ids[lock.RevocationID(l.Keys[lock.AccountID(parts[1])], parts[2], parts[3], t.Subject)] = id
		}
	}
	return ids
}

// whyRevoked is why a token was revoked in an earlier build, as far as is known.
func (p *Plan) whyRevoked(id string, was lock.Token) string {
	t := p.byID[id]
	switch {
	case t != nil && t.Subject != was.Subject:
		return "its key is another"
	case t != nil && t.Digest != was.Claims:
		return "its former token says something else"
	case t != nil || id == "":
		return "it was revoked since"
	}
	return "the topology has it no more"
}
