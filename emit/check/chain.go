package check

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// account is an account whose token verifies.
type account struct {
	name   string
	claims *jwt.AccountClaims
}

// verifyChain follows the chain down: operator, accounts, users and activations.
// Each step takes its issuers' keys from the verified token above, never from
// the lock (docs/security.md C2); only where that token is missing, which is told of
// itself, the lock's keys stand in.
func (c *checker) verifyChain() {
	c.byID = make(map[string]*token, len(c.tokens))
	c.verified = make([]*token, 0, len(c.tokens))
	c.accounts = make(map[string]*account, len(c.Topology.Accounts))
	for _, step := range []struct {
		kind   jwt.ClaimType
		verify func(*token) string
	}{
		{jwt.OperatorClaim, c.verifyOperator},
		{jwt.AccountClaim, c.verifyAccount},
		{jwt.UserClaim, c.verifyUser},
		{jwt.ActivationClaim, c.verifyActivation},
	} {
		for _, t := range c.tokens {
			if t.claims == nil || t.claims.ClaimType() != step.kind {
				continue
			}
			if why := step.verify(t); why != "" {
				t.err = errors.New(why)
				continue
			}
			t.valid = true
			if t.id != "" && c.byID[t.id] == nil {
				c.byID[t.id], c.verified = t, append(c.verified, t)
			}
		}
	}
	for _, t := range c.tokens {
		if t.valid {
			continue
		}
		for _, p := range t.paths {
			if c.byPath[p] == "" && path.Ext(p) == ".jwt" && !c.listing().has(p) {
				c.tell(diag.New("artifact-foreign", c.file(p), p), p)
			}
			c.tampered(p, "%s does not verify: %v", p, t.err)
		}
	}
}

// kindOfID is the kind of token that an ID stands for.
func kindOfID(id string) jwt.ClaimType {
	parts, _ := lock.Parts(id)
	switch {
	case len(parts) == 4:
		return jwt.UserClaim
	case len(parts) == 5:
		return jwt.ActivationClaim
	case len(parts) > 0 && parts[0] == "operator":
		return jwt.OperatorClaim
	}
	return jwt.AccountClaim
}

// misplaced says that a token lies where one of another kind belongs.
func misplaced(t *token) string {
	if t.id == "" || kindOfID(t.id) == t.claims.ClaimType() {
		return ""
	}
	return "it is the token of " + diag.Article(string(t.claims.ClaimType()))
}

func (c *checker) verifyOperator(t *token) string {
	if why := misplaced(t); why != "" {
		return why
	}
	d := t.claims.Claims()
	if d.Issuer != d.Subject {
		return "an operator signs itself, and " + d.Issuer + " signed it"
	}
	if why := c.identify(t, "it is not the token in operator.jwt"); why != "" {
		return why
	}
	c.operator = t
	return ""
}

// identify gives a token its ID, by its subject, if it is known from a copy
// only; where its own file is there, it holds another.
func (c *checker) identify(t *token, otherwise string) string {
	if t.id != "" {
		return ""
	}
	for id, key := range c.Lock.Keys {
		if key == t.claims.Claims().Subject && kindOfID(id) == t.claims.ClaimType() && !c.files[emit.TokenPath(id)] && emit.TokenPath(id) != "" {
			t.id = id
			return ""
		}
	}
	return otherwise
}

// verifyAccount takes an account that the operator signed; with an operator
// that is somebody else's there is no operator token, and accounts sign
// themselves.
func (c *checker) verifyAccount(t *token) string {
	if why := misplaced(t); why != "" {
		return why
	}
	d := t.claims.Claims()
	issuers := []string{d.Subject}
	if keys, managed := c.operatorKeys(); managed {
		issuers = keys
	}
	if !slices.Contains(issuers, d.Issuer) {
		return "it is signed by " + d.Issuer + ", which is no key of the operator"
	}
	if why := c.identify(t, "it is not the token in accounts/"); why != "" {
		return why
	}
	parts, _ := lock.Parts(t.id)
	c.accounts[d.Subject] = &account{name: parts[1], claims: t.claims.(*jwt.AccountClaims)}
	return ""
}

// operatorKeys are the keys that may sign accounts; false when accounts sign
// themselves.
func (c *checker) operatorKeys() (keys []string, managed bool) {
	if c.operator != nil {
		o := c.operator.claims.(*jwt.OperatorClaims)
		keys = slices.Clone(o.SigningKeys)
		if !o.StrictSigningKeyUsage {
			keys = append(keys, o.Subject)
		}
		return keys, true
	}
	for id := range c.Lock.Tokens {
		managed = managed || kindOfID(id) == jwt.OperatorClaim
	}
	for id, key := range c.Lock.Keys {
		if role, _ := lock.Role(id); role == nkeys.PrefixByteOperator {
			keys = append(keys, key)
		}
	}
	return keys, managed || c.files["operator.jwt"]
}

func (c *checker) verifyUser(t *token) string {
	if why := misplaced(t); why != "" || t.id == "" {
		return cmp.Or(why, "a user's token does not belong there")
	}
	u := t.claims.(*jwt.UserClaims)
	parts, _ := lock.Parts(t.id)
	id := lock.AccountID(parts[1])
	owner := c.byID[id]
	if owner == nil {
		return c.unseen(id, u.Issuer, u.IssuerAccount)
	}
	a := owner.claims.(*jwt.AccountClaims)
	_, signs := a.SigningKeys[u.Issuer]
	return issuedBy(a, u.Issuer, u.IssuerAccount, signs)
}

// verifyActivation takes an activation that an account of ours signed, and
// finds its ID; which accounts are exporter and importer, their keys say.
func (c *checker) verifyActivation(t *token) string {
	if why := misplaced(t); why != "" {
		return why
	}
	v := t.claims.(*jwt.ActivationClaims)
	issuer := cmp.Or(v.IssuerAccount, v.Issuer)
	from, to := c.accountOf(issuer), c.accountOf(v.Subject)
	if from == "" || to == "" {
		return "it is from " + issuer + " to " + v.Subject + ", and the lock does not have both"
	}
	t.id = lock.ActivationID(from, v.ImportType.String(), string(v.ImportSubject), to)
	a := c.accounts[issuer]
	if a == nil {
		return c.unseen(lock.AccountID(from), v.Issuer, v.IssuerAccount)
	}
	scope, signs := a.claims.SigningKeys[v.Issuer]
	return issuedBy(a.claims, v.Issuer, v.IssuerAccount, signs && scope == nil)
}

// issuedBy says what is wrong with a token's issuer.
func issuedBy(a *jwt.AccountClaims, issuer, account string, signs bool) string {
	switch {
	case issuer == a.Subject && account == "":
		return ""
	case signs && account == a.Subject:
		return ""
	}
	return "it is signed by " + issuer + ", which may not sign for the account " + a.Name
}

// unseen judges an issuer by the lock, where the account's own token is missing.
func (c *checker) unseen(accountID, issuer, account string) string {
	prefix := accountID + "/signing/"
	for id, key := range c.Lock.Keys {
		if key == issuer && (id == accountID || strings.HasPrefix(id, prefix)) && (account == "" || account == c.Lock.Keys[accountID]) {
			return ""
		}
	}
	return "it is signed by " + issuer + ", which is no key of " + accountID
}

// accountOf is the name of the account with a key, by the accounts' tokens, else
// by the lock, which has external ones too; "" when there is none.
func (c *checker) accountOf(key string) string {
	if a := c.accounts[key]; a != nil {
		return a.name
	}
	if c.names == nil {
		c.names = map[string]string{}
		for id, key := range c.Lock.Keys {
			if parts, _ := lock.Parts(id); len(parts) == 2 && parts[0] == "account" {
				c.names[key] = parts[1]
			}
		}
	}
	return c.names[key]
}

// activation is the ID of an embedded activation that is made here.
func (c *checker) activation(text string) (id string, ok bool) { return c.madeHere(c.byText[text]) }

// madeHere is activation of a token, which is nil for a text that is none.
func (c *checker) madeHere(t *token) (id string, ok bool) {
	if t == nil || !t.valid || t.claims.ClaimType() != jwt.ActivationClaim {
		return "", false
	}
	_, listed := c.Lock.Tokens[t.id]
	v := t.claims.(*jwt.ActivationClaims)
	return t.id, listed || c.accounts[cmp.Or(v.IssuerAccount, v.Issuer)] != nil
}
