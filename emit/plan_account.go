package emit

import (
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/schema/parallel"
)

// completeAccounts puts activations and revocations into accounts' claims, and
// decides who signs them.
func (p *planner) completeAccounts(accounts []*Token) {
	parallel.Do(len(accounts), func(i int) { p.link(accounts[i]) })
	for _, t := range accounts {
		p.writeRevocations(t.Account, t.claims.(*jwt.AccountClaims))
	}
	p.settleIssuers(accounts)
}

// link finds the activations that an account's imports embed, which stand there
// as the digest has them until Sign.
func (p *planner) link(t *Token) {
	c := t.claims.(*jwt.AccountClaims)
	t.embeds = slices.Grow(t.embeds, len(t.Account.Imports))
	for i, imp := range t.Account.Imports {
		e := embed{into: c.Imports[i], text: imp.Token}
		if imp.Activation != nil && imp.Token == "" {
			e.from = p.activations[imp.Activation] // nil when the exporter signs elsewhere
		}
		if imp.Grant != nil {
			e.response = imp.Grant.Terms.Response
		}
		if text := e.inDigest(); text != imp.Token {
			c.Imports[i].Token = text
			t.embeds = append(t.embeds, e)
			t.size += e.grows(text)
		}
	}
	sortImports(c.Imports)
}

// settleIssuers keeps an operator signing key from signing in the build that
// introduces it: a server refuses accounts signed by a key that its operator
// token does not name, and only takes a changed operator token when it is
// restarted (docs/security.md B6). So, where the operator's token changes, accounts are
// signed by keys that its former token named, as far as that is known, or that have
// signed before, else by the operator's identity key.
//
// The lock does not say who signed. But a former account token whose digest
// comes out right with a key was signed by that key.
//
// A locked plan reproduces what such a build left: the account tokens that wait
// for a key which has signed nothing yet stay as they are.
func (p *planner) settleIssuers(accounts []*Token) {
	o := p.Topology.Operator
	if o == nil || o.External || len(o.SigningKeys) == 0 {
		return
	}
	operator := operatorIdentity(o)
	old, had := p.old.Tokens[operator.ID]
	changes := had && old.Claims != p.byID[operator.ID].Digest
	if !had || !changes && !p.locked {
		return
	}
	known, former := p.formerIssuers(accounts)
	if named, ok := p.formerlyNamed(o); changes && ok {
		known = slices.DeleteFunc(signers(o), func(k KeyRef) bool {
			return k != operator && !slices.Contains(named, k.PublicKey)
		})
	}
	if len(known) == 0 && !o.Strict {
		known = []KeyRef{operator}
	}
	if len(known) == 0 {
		return // all is new, and the identity key may not sign
	}
	for _, t := range accounts {
		k, had := former[t]
		if slices.Contains(known, t.Issuer) || !had && !changes {
			continue
		}
		if !slices.Contains(p.Waiting, t.Issuer.ID) {
			p.Waiting = append(p.Waiting, t.Issuer.ID)
		}
		t.Issuer = known[0]
		if had {
			t.Issuer = k
		}
		t.claims.Claims().Issuer = t.Issuer.PublicKey
	}
	slices.Sort(p.Waiting)
}

// formerIssuers are the keys that signed the former tokens of accounts: known
// are all of them in the order of signers, former is each one's.
func (p *planner) formerIssuers(accounts []*Token) (known []KeyRef, former map[*Token]KeyRef) {
	former = map[*Token]KeyRef{}
	for _, k := range signers(p.Topology.Operator) {
		found := false
		for _, t := range accounts {
			if was, had := p.old.Tokens[t.ID]; had && p.digestBy(t, k) == was.Claims {
				former[t], found = k, true
			}
		}
		if found {
			known = append(known, k)
		}
	}
	return known, former
}

// signers are the keys that may sign an operator's accounts.
func signers(o *compiler.Operator) []KeyRef {
	var out []KeyRef
	for _, k := range o.SigningKeys {
		out = append(out, operatorSigningKey(o, k))
	}
	if !o.Strict {
		out = append(out, operatorIdentity(o))
	}
	return out
}

// digestBy is the digest that an account's token has when k signs it; "" when
// it has none. The token is left as it is.
func (p *planner) digestBy(t *Token, k KeyRef) string {
	d := t.claims.Claims()
	issuer := d.Issuer
	d.Issuer = k.PublicKey
	body, err := newEncoder().claimsBody(t.claims)
	d.Issuer = issuer
	if err != nil {
		return ""
	}
	return digest(body, *t.expiry, "")
}
