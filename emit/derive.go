package emit

import (
	"slices"
	"time"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/lock"
)

// Committed are the tokens that a build wrote, as far as they verify. What a
// lock must say of them is worked out anew from them. It may be used by several
// goroutines.
type Committed struct {
	lock       *lock.Lock             // that the plan was made with
	exports    map[string]exportIndex // by the account's public key
	ledger     *ledger
	activation func(text string) (id string, ok bool)
	recognized func(i int) (id string, ok bool)
}

// NewCommitted takes a plan made with the lock, the claims of the accounts' tokens,
// and what finds the ID in the lock of an activation that an account embeds; that
// is false for one that is not made here. recognized is the same for the text of
// one that Recognize has recognized, by its index.
func NewCommitted(p *Plan, accounts []*jwt.AccountClaims, activation func(text string) (id string, ok bool), recognized func(i int) (id string, ok bool)) *Committed {
	s := &Committed{
		lock: p.old, exports: make(map[string]exportIndex, len(accounts)), ledger: newLedger(p.old.Revoked),
		activation: activation, recognized: recognized,
	}
	for _, a := range accounts {
		s.exports[a.Subject] = indexExports(a)
	}
	return s
}

// Digests are the digests that the lock may have for a token: one for each way
// to declare the expiry that it has. known is false where the tokens do not
// tell: an account that imports a service from an account which is not among
// them. c is left as it was.
func (s *Committed) Digests(c jwt.Claims) (digests []string, known bool) {
	if a, ok := c.(*jwt.AccountClaims); ok {
		imports := slices.Clone(a.Imports)
		defer func() { a.Imports = imports }()
		a.Imports = make(jwt.Imports, len(imports))
		for i, imp := range imports {
			copied := *imp
			if copied.Token, known = s.inDigest(imp); !known {
				return nil, false
			}
			a.Imports[i] = &copied
		}
	}
	body, err := newEncoder().claimsBody(c)
	if err != nil {
		return nil, false
	}
	d := c.Claims()
	for _, e := range declarations(d.IssuedAt, d.Expires) {
		digests = append(digests, digest(body, e, ""))
	}
	return digests, true
}

// Repeats reports that Digests would have the planned digest for a token that
// Recognize has recognized. Where it does not tell so, Digests has to be asked.
func (s *Committed) Repeats(t *Token) bool {
	if !slices.ContainsFunc(declarations(t.IssuedAt, t.Expires), func(e compiler.Expiry) bool { return declared(e) == declared(*t.expiry) }) {
		return false
	}
	a, ok := t.claims.(*jwt.AccountClaims)
	if !ok {
		return true
	}
	if slices.ContainsFunc(t.embeds, func(e embed) bool { return !s.repeats(e) }) {
		return false
	}
	if len(t.embeds) == len(a.Imports) {
		return true
	}
	// The others stand in the digest as they are.
	embeds := make(map[*jwt.Import]bool, len(t.embeds))
	for _, e := range t.embeds {
		embeds[e.into] = true
	}
	return !slices.ContainsFunc(a.Imports, func(imp *jwt.Import) bool {
		text, known := s.inDigest(imp)
		return !embeds[imp] && (!known || text != imp.Token)
	})
}

// repeats reports that inDigest is what the plan's digest has.
func (s *Committed) repeats(e embed) bool {
	if e.from == nil || e.into.Token != e.from.Text {
		text, known := s.inDigest(e.into)
		return known && text == e.inDigest()
	}
	id, ok := s.recognized(e.from.index)
	response, known := s.response(e.into)
	return ok && id == e.from.ID && known && inDigest("", response) == inDigest("", e.response) &&
		e.from.former.Claims == e.from.Digest && e.from.former.IssuedAt == e.from.IssuedAt
}

// inDigest is what an account's digest has for an import's token.
func (s *Committed) inDigest(imp *jwt.Import) (text string, known bool) {
	text = imp.Token
	if id, ok := s.activation(imp.Token); ok {
		t := s.lock.Tokens[id]
		text = issueOf(t.Claims, t.IssuedAt)
	}
	response, known := s.response(imp)
	return inDigest(text, response), known
}

// response is how the service answers that is imported; "" of none.
func (s *Committed) response(imp *jwt.Import) (response string, known bool) {
	if imp.Type != jwt.Service {
		return "", true
	}
	exporter, known := s.exports[imp.Account]
	if !known {
		return "", false
	}
	for _, x := range exporter[jwt.Service].Containing(string(imp.Subject)) {
		return responseWord(x.ResponseType), true
	}
	return "", false
}

// responseWord is a topology's word for how a service answers.
func responseWord(r jwt.ResponseType) string {
	for word, of := range responseTypes {
		if of == r {
			return word
		}
	}
	return defaultResponse
}

// declarations are the ways to declare an expiry that give a token issued at
// iat the end exp.
func declarations(iat, exp int64) []compiler.Expiry {
	if exp == 0 {
		return []compiler.Expiry{{}}
	}
	all := []compiler.Expiry{{At: time.Unix(exp, 0)}}
	if exp > iat {
		all = append(all, compiler.Expiry{After: time.Duration(exp-iat) * time.Second})
	}
	return all
}

// Revocations are those that an account's token has, by what they end: a user's
// key or "*", or the ID of an activation's revocation with the export's subject
// in place of the token's.
type Revocations map[string]int64

// RevocationsIn are the revocations in an account's token.
func RevocationsIn(c *jwt.AccountClaims) Revocations {
	out := Revocations{}
	for user, before := range c.Revocations {
		out[user] = before
	}
	for _, e := range c.Exports {
		for grantee, before := range e.Revocations {
			out[exportRevocation(c.Subject, e, grantee)] = before
		}
	}
	return out
}

// Revocations are those that the lock has for an account among the committed
// ones.
func (s *Committed) Revocations(c *jwt.AccountClaims) Revocations {
	out := Revocations{}
	for user, before := range s.ledger.users[c.Subject] {
		out[user] = before
	}
	for _, r := range s.ledger.activations[c.Subject] {
		for _, e := range s.exports[c.Subject][claimTypes[compiler.Type(r.kind)]].Overlapping(r.subject) {
			id := exportRevocation(c.Subject, e, r.grantee)
			out[id] = max(out[id], r.before)
		}
	}
	return out
}

func exportRevocation(account string, e *jwt.Export, grantee string) string {
	kind := compiler.StreamType
	if e.Type == jwt.Service {
		kind = compiler.ServiceType
	}
	return lock.RevocationID(account, string(kind), string(e.Subject), grantee)
}
