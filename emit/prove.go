package emit

import (
	"slices"

	"github.com/nats-io/jwt/v2"
)

// Unproven are the keys of the plan that nothing bears out: pinned in the lock,
// but neither written as public_key in the topology, nor the subject of a token
// that the lock has, nor, for signing keys, in the former token of what they
// sign for (docs/security.md C3). Whoever slips such a pin into a lock would become that
// account, so a build demands these keys' seeds. former is what Former returns.
func (p *Plan) Unproven(former func(id string) (token string, ok bool)) []KeyRef {
	pr := &proof{p: p, former: former, signing: map[string][]string{}}
	var out []KeyRef
	for _, k := range declaredKeys(p.Topology) {
		if p.Lock.Keys[k.ID] == k.PublicKey && !k.written && !pr.holds(k) {
			out = append(out, k.KeyRef)
		}
	}
	return out
}

// proof tells which keys the tokens of former builds bear out.
type proof struct {
	p       *Plan
	former  func(string) (string, bool)
	signing map[string][]string // owner's ID → signing keys in its former token
}

func (pr *proof) holds(k declaredKey) bool {
	if k.owner == "" {
		return pr.p.old.Tokens[k.ID].Subject == k.PublicKey
	}
	if t := pr.p.byID[k.owner]; t != nil && t.State == Kept {
		return true // its digest covers the signing keys
	}
	return slices.Contains(pr.signingKeys(k.owner), k.PublicKey)
}

// signingKeys are those that an owner's former token lists, provided that the
// token is the owner's and was issued by its operator, or by itself where
// accounts sign themselves.
func (pr *proof) signingKeys(owner string) []string {
	list, known := pr.signing[owner]
	if known {
		return list
	}
	text, _ := pr.former(owner)
	claims, err := jwt.Decode(text) // checks the signature against the issuer
	if err == nil && claims.Claims().Subject == pr.p.old.Tokens[owner].Subject && pr.issues(owner, claims.Claims().Issuer) {
		switch c := claims.(type) {
		case *jwt.OperatorClaims:
			list = c.SigningKeys
		case *jwt.AccountClaims:
			list = c.SigningKeys.Keys()
		}
	}
	pr.signing[owner] = list
	return list
}

// issues reports that a key may have issued an owner's former token.
func (pr *proof) issues(owner, issuer string) bool {
	if issuer == pr.p.old.Tokens[owner].Subject {
		o := pr.p.Topology.Operator
		return o == nil || o.External || operatorIdentity(o).ID == owner
	}
	o := pr.p.Topology.Operator
	if o == nil || o.External {
		return false
	}
	id := operatorIdentity(o).ID
	return issuer == pr.p.old.Tokens[id].Subject || slices.Contains(pr.signingKeys(id), issuer)
}
