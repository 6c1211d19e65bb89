package emit

import (
	"cmp"
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/compiler/subject"
	"jsc/emit/lock"
)

// GivenBack is what an account's former token revokes and its new one does not,
// though somebody may hold it still.
type GivenBack struct {
	Account *compiler.Account
	User    string // a user's public key, or "*" for every user; "" of an activation
	Subject string // of the export; "" of a user
	Grantee string // a public key; "" of a user
	Before  int64  // Unix seconds: tokens issued until then work again
}

// GivenBack compares the revocations that accounts' former tokens have, by the
// accounts' public keys, with those of the plan. Of those that a build drops none
// ends anything that is in use.
func (p *Plan) GivenBack(former map[string]Revocations) []GivenBack {
	if len(former) == 0 {
		return nil
	}
	dropped := newLedger(p.dropped())
	var out []GivenBack
	for _, t := range p.Tokens {
		if t.Kind != AccountToken || former[t.Subject] == nil {
			continue
		}
		c := t.claims.(*jwt.AccountClaims)
		is := RevocationsIn(c)
		for id, before := range former[t.Subject] {
			if is[id] >= before {
				continue
			}
			back := GivenBack{Account: t.Account, User: id, Before: before}
			if parts, _ := lock.Parts(id); len(parts) == 4 {
				e := exportOf(c, id, parts[3])
				if e == nil || dropped.endsGrant(holder{t.Subject, parts[1], parts[3]}, parts[2], before) {
					continue
				}
				back.User, back.Subject, back.Grantee = "", string(e.Subject), parts[3]
			} else if max(is["*"], dropped.users[t.Subject][id]) >= before {
				continue
			}
			out = append(out, back)
		}
	}
	slices.SortFunc(out, func(a, b GivenBack) int {
		return cmp.Or(cmp.Compare(a.Account.Name, b.Account.Name), cmp.Compare(a.User, b.User),
			cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Grantee, b.Grantee))
	})
	return out
}

// exportOf is the export that a revocation in claims is of; nil for one that went.
func exportOf(c *jwt.AccountClaims, id, grantee string) *jwt.Export {
	for _, e := range c.Exports {
		if exportRevocation(c.Subject, e, grantee) == id {
			return e
		}
	}
	return nil
}

// endsGrant reports that the ledger ends activations until a moment that an export
// of that subject takes in.
func (l *ledger) endsGrant(h holder, exported string, before int64) bool {
	return slices.ContainsFunc(l.held[h], func(r ended) bool { return r.before >= before && subject.Overlap(exported, r.subject) })
}

// dropped are the revocations that builds dropped: what they ended has expired, by
// the lock that is compared with where that has them. A build that drops one issues
// its account's token anew, which tells the time.
func (p *Plan) dropped() map[string]lock.Revocation {
	var newest int64
	for _, t := range p.Lock.Tokens {
		newest = max(newest, t.IssuedAt)
	}
	out := map[string]lock.Revocation{}
	for id, r := range p.old.Revoked {
		if p.since == nil || !droppedSooner(r, p.since.Revoked[id]) {
			out[id] = r
		}
	}
	if p.since != nil {
		for id, r := range p.since.Revoked {
			if r.Expires != 0 && newest > r.Expires+GraceAfterExpiry {
				out[id] = r
			}
		}
	}
	for id := range p.Lock.Revoked {
		delete(out, id)
	}
	return out
}

// droppedSooner reports that a revocation is to be dropped sooner than it was.
func droppedSooner(r, was lock.Revocation) bool {
	return was.Before != 0 && r.EndsSooner(was)
}
