package emit

import (
	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/compiler/subject"
	"jsc/emit/lock"
)

// ledger is the lock's revocations, by what they end.
type ledger struct {
	// users are the latest revocations by account key and user key, or "*".
	users map[string]map[string]int64
	// activations are by the issuing account's key.
	activations map[string][]ended
	// held are the same by issuer, type and grantee.
	held map[holder][]ended
}

// ended are the activations of one grantee that a revocation ends.
type ended struct {
	kind, subject, grantee string
	before                 int64
}

// holder is a grantee of activations of one issuer and type, by public keys.
type holder struct{ issuer, kind, grantee string }

func newLedger(revoked map[string]lock.Revocation) *ledger {
	l := &ledger{
		users:       map[string]map[string]int64{},
		activations: map[string][]ended{},
		held:        map[holder][]ended{},
	}
	for id, r := range revoked {
		parts, ok := lock.Parts(id)
		switch {
		case !ok || len(parts) < 3 || r.Before == lock.NoneYet:
		case parts[1] == "user":
			l.endUser(parts[0], parts[2], r.Before)
		case len(parts) == 4 && claimTypes[compiler.Type(parts[1])] != jwt.Unknown:
			e := ended{kind: parts[1], subject: parts[2], grantee: parts[3], before: r.Before}
			h := holder{parts[0], e.kind, e.grantee}
			l.activations[h.issuer] = append(l.activations[h.issuer], e)
			l.held[h] = append(l.held[h], e)
		}
	}
	return l
}

func (l *ledger) endUser(account, user string, before int64) {
	if l.users[account] == nil {
		l.users[account] = map[string]int64{}
	}
	l.users[account][user] = max(l.users[account][user], before)
}

// userKilled is the latest revocation of a user or of all users of its account.
func (p *planner) userKilled(t *Token) int64 {
	users := p.kills.users[t.Account.PublicKey]
	return max(users[t.User.PublicKey], users["*"])
}

// activationKilled is the latest revocation of an activation. A revocation
// acts per export and grantee, so what ends one token ends every other that
// the grantee has under the same export (docs/security.md B2).
func (p *planner) activationKilled(t *Token) int64 {
	a := t.Activation
	var killed int64
	entries := p.kills.held[holder{a.From.PublicKey, string(a.Type), a.To.PublicKey}]
	if len(entries) == 0 {
		return 0
	}
	for exported := range p.exports(a.From)[claimTypes[a.Type]].Containing(a.Subject) {
		for _, r := range entries {
			if subject.Overlap(exported, r.subject) {
				killed = max(killed, r.before)
			}
		}
	}
	return killed
}

// exportIndex finds the exports of one account by type and subject: there may
// be tens of thousands, and as many revocations.
type exportIndex map[jwt.ExportType]*subject.Index[*jwt.Export]

// exports are those in the claims of an account that is signed here.
func (p *planner) exports(a *compiler.Account) exportIndex {
	if x := p.indexes[a]; x != nil {
		return x
	}
	c := &jwt.AccountClaims{}
	if t := p.byID[lock.AccountID(a.Name)]; t != nil {
		c = t.claims.(*jwt.AccountClaims)
	}
	x := indexExports(c)
	p.indexes[a] = x
	return x
}

func indexExports(c *jwt.AccountClaims) exportIndex {
	x := exportIndex{jwt.Stream: new(subject.Index[*jwt.Export]), jwt.Service: new(subject.Index[*jwt.Export])}
	for _, e := range c.Exports {
		if to := x[e.Type]; to != nil {
			to.Add(string(e.Subject), e)
		}
	}
	return x
}
