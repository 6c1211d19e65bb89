package emit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema/diag"
	"jsc/schema/parallel"
)

// prover tells which keys are what the lock pins them as (docs/security.md C3).
// Whoever slips a pin into a lock would become that user or that account as soon
// as a token is signed for it, so every key in a token that is to be signed needs a
// proof: it is written as public_key in the topology, its seed is at hand, or the
// former token in the output folder says so.
//
// A former token counts where it verifies by keys that are proven themselves, up
// to the operator's. The lock proves nothing: it can be edited as a whole, and its
// digests are of what everybody can read. The one pin that is believed is the
// operator's own, where operator.jwt verifies by it; that it is still the same one
// as before, jsc check --base tells.
type prover struct {
	plan   *Plan
	ring   Keyring
	former func(id string) (token string, ok bool)

	operator func() []string // the keys that the operator's former token is by, and lists
	accounts map[*compiler.Account]func() *jwt.AccountClaims
	held     sync.Map // by public key: whether its seed is at hand
}

func newProver(p *Plan, ring Keyring, former func(id string) (string, bool)) *prover {
	v := &prover{plan: p, ring: ring, former: former, accounts: map[*compiler.Account]func() *jwt.AccountClaims{}}
	v.operator = sync.OnceValue(v.formerOperator)
	return v
}

// claim is that a key has an ID, which a token that is to be signed makes true.
type claim struct {
	declaredKey
	token *Token // nil: what has the key has no token here
}

// keysOf are the keys that some tokens are for and that they list.
func (p *Plan) keysOf(tokens []*Token) (all []claim) {
	var declared []declaredKey
	for _, t := range tokens {
		declared = declared[:0]
		switch t.Kind {
		case OperatorToken:
			declared = appendOperatorKeys(declared, p.Topology.Operator)
		case AccountToken:
			declared = appendAccountKeys(declared, p.Topology, t.Account)
		case UserToken:
			declared = append(declared, declaredUser(t.User))
		}
		for _, k := range declared {
			all = append(all, claim{k, t})
		}
	}
	return all
}

// tokenless are the keys that no token of this build proves or ever will: those of
// an operator or an account that is somebody else's, and, as long as the lock has
// nothing of them, those of users whose tokens are left unsigned. These are
// made into credentials only, which need the seed.
func (p *Plan) tokenless() (all []claim) {
	var declared []declaredKey
	if o := p.Topology.Operator; o != nil && o.External {
		declared = appendOperatorKeys(declared, o)
	}
	for _, a := range p.Topology.Accounts {
		if a.External {
			declared = appendAccountKeys(declared, p.Topology, a)
			for _, u := range a.Users {
				declared = append(declared, declaredUser(u))
			}
		}
	}
	for _, k := range declared {
		all = append(all, claim{declaredKey: k})
	}
	if !p.NoSecrets {
		return all
	}
	for _, t := range p.Tokens {
		if p.unsigned(t) && t.former.Subject != t.Subject {
			all = append(all, claim{declaredUser(t.User), t})
		}
	}
	return all
}

// unprovenAtMost is how many keys are named that nothing proves.
const unprovenAtMost = 20

// prove returns what is wrong with the keys in tokens that are to be signed, and
// with others, as Sign does. find tells the seeds that are missing to sign them: it
// has the word where one of these keys is among them and the lock says the same of
// it throughout, so that whoever has no seeds is not told of every key.
func (v *prover) prove(find func([]*Token) error, tokens []*Token, others ...claim) error {
	claims := append(others, v.plan.keysOf(tokens)...)
	signs := map[KeyRef]bool{}
	for _, t := range tokens {
		signs[t.Issuer] = true
	}
	for _, c := range claims {
		if c.token != nil && c.token.Account != nil {
			v.know(c.token.Account)
		}
	}
	errs := make([]error, len(claims))
	parallel.Do(len(claims), func(i int) { errs[i] = v.holds(claims[i]) })
	var (
		mistakes, unproven hcl.Diagnostics
		failures           []error
		seedless           bool
	)
	said := map[string]bool{}
	for i, err := range errs {
		c := claims[i]
		var mistake *keys.Error
		switch {
		case err == nil:
		case !errors.As(err, &mistake):
			if !said[err.Error()] {
				failures = append(failures, fmt.Errorf("prove the key of %s: %w", c.ID, err))
			}
			said[err.Error()] = true
		case mistake.Rule != "key-missing":
			mistakes = append(mistakes, v.plan.KeyMistake(mistake))
		case len(unproven) < unprovenAtMost:
			unproven = append(unproven, diag.New("key-unproven", c.at, c.PublicKey, c.ID))
		default:
			diag.Of(unproven[len(unproven)-1]).More++
		}
		seedless = seedless || err != nil && signs[c.KeyRef] && v.plan.agrees(c)
	}
	if err := errors.Join(failures...); err != nil {
		return err
	}
	if seedless {
		if err := find(tokens); err != nil {
			return err
		}
	}
	if mistakes = append(mistakes, unproven...); len(mistakes) > 0 {
		return mistakes
	}
	return nil
}

// agrees reports that the old lock has a token of what has a key, and for the same
// key: its own word, which anybody can write.
func (p *Plan) agrees(c claim) bool {
	return c.token.former.Subject == c.token.Subject && p.old.Keys[c.ID] == c.PublicKey && (c.signing == nil || c.token.State == Kept)
}

// holds is an error unless a claim is proven.
func (v *prover) holds(c claim) error {
	if c.written || c.token != nil && c.token.former != (lock.Token{}) && v.bornOut(c) {
		return nil
	}
	return v.ring.Prove(c.ID, c.PublicKey)
}

// bornOut reports that the former token of what has a key says so.
func (v *prover) bornOut(c claim) bool {
	t := c.token
	if v.former == nil {
		return v.plan.agrees(c)
	}
	switch t.Kind {
	case OperatorToken:
		return slices.Contains(v.operator(), c.PublicKey)
	case AccountToken:
		was := v.accounts[t.Account]()
		switch {
		case was == nil:
			return false
		case c.signing == nil:
			return was.Subject == c.PublicKey && was.Name == t.Account.Name
		}
		scope, listed := was.SigningKeys[c.PublicKey]
		return listed && reaches(scope, c.signing.Label)
	case UserToken:
		return v.userBornOut(t.User)
	}
	return false
}

// reaches reports that a signing key of a former token may do what the one with a
// label is for: that of a role may nothing else.
func reaches(scope jwt.Scope, label string) bool {
	role, scoped := scope.(*jwt.UserScope)
	return scope == nil || scoped && role.Role == label
}

// userBornOut reports that a user's former token is of this name, has its key, was
// issued by its account, and is not revoked. One by the signing key of a role says
// nothing of users of others: who has that key makes it.
func (v *prover) userBornOut(u *compiler.User) bool {
	c, ok := formerClaims[*jwt.UserClaims](v, userKey(u).ID)
	if !ok || c.Subject != u.PublicKey || c.Name != u.Name || v.revoked(u, c) {
		return false
	}
	label := ""
	if u.SignedBy != nil {
		label = u.SignedBy.Label
	}
	account := cmp.Or(c.IssuerAccount, c.Issuer)
	if was := v.accounts[u.Account](); was != nil && was.Subject == account {
		scope, listed := was.SigningKeys[c.Issuer]
		if c.Issuer == account || listed && reaches(scope, label) {
			return true
		}
	}
	if account != u.Account.PublicKey {
		return false
	}
	return slices.ContainsFunc(appendAccountKeys(nil, v.plan.Topology, u.Account), func(k declaredKey) bool {
		free := k.signing == nil || k.signing.Role == nil || k.signing == u.SignedBy
		return free && k.PublicKey == c.Issuer && v.proven(k)
	})
}

// revoked reports that the lock revokes a former token.
func (v *prover) revoked(u *compiler.User, c *jwt.UserClaims) bool {
	return slices.ContainsFunc([]string{c.Subject, jwt.All}, func(user string) bool {
		r, has := v.plan.old.Revoked[lock.UserRevocationID(u.Account.PublicKey, user)]
		return has && r.Before >= c.IssuedAt
	})
}

// know prepares for questions about an account.
func (v *prover) know(a *compiler.Account) {
	if v.accounts[a] == nil {
		v.accounts[a] = sync.OnceValue(func() *jwt.AccountClaims { return v.formerAccount(a) })
	}
}

// formerAccount is an account's former token, nil for none: by the operator, or,
// where accounts sign themselves, by itself.
func (v *prover) formerAccount(a *compiler.Account) *jwt.AccountClaims {
	c, ok := formerClaims[*jwt.AccountClaims](v, identity(a).ID)
	if !ok || c.Subject != a.PublicKey && c.Name != a.Name {
		return nil
	}
	key := appendAccountKeys(nil, v.plan.Topology, a)[0]
	o := v.plan.Topology.Operator
	own := c.Issuer == c.Subject && c.Subject == a.PublicKey
	switch {
	case own && (o == nil || o.External || v.proven(key)):
		return c
	case o == nil || o.External:
		return nil
	case slices.Contains(v.operator(), c.Issuer):
		return c
	}
	byOperator := func(k declaredKey) bool { return k.PublicKey == c.Issuer && v.proven(k) }
	if slices.ContainsFunc(appendOperatorKeys(nil, o), byOperator) {
		return c
	}
	return nil
}

// formerOperator are the operator's keys as its former token has them: of the
// operator that is pinned, or of another one whose seed is at hand.
func (v *prover) formerOperator() []string {
	o := v.plan.Topology.Operator
	if o == nil || o.External {
		return nil
	}
	id := operatorIdentity(o)
	c, ok := formerClaims[*jwt.OperatorClaims](v, id.ID)
	if !ok || c.Issuer != c.Subject || c.Subject != id.PublicKey && !v.atHand(KeyRef{id.ID, c.Subject}) {
		return nil
	}
	return append([]string{c.Subject}, c.SigningKeys...)
}

// proven reports that a key is proven without a former token.
func (v *prover) proven(k declaredKey) bool { return k.written || v.atHand(k.KeyRef) }

// atHand reports that the seed of a key is at hand. It is asked for once.
func (v *prover) atHand(k KeyRef) bool {
	held, known := v.held.Load(k.PublicKey)
	if !known {
		held = v.ring.Prove(k.ID, k.PublicKey) == nil
		v.held.Store(k.PublicKey, held)
	}
	return held.(bool)
}

// formerClaims are the claims of a former token whose signature is its issuer's.
func formerClaims[C jwt.Claims](v *prover, id string) (claims C, ok bool) {
	text, found := v.former(id)
	if !found {
		return claims, false
	}
	decoded, err := jwt.Decode(text) // verifies it
	if err != nil {
		return claims, false
	}
	claims, ok = decoded.(C)
	return claims, ok
}
