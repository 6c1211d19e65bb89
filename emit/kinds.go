package emit

import (
	"slices"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema/parallel"
)

// Kind is a kind of token, by the first word of NATS for its claims.
type Kind string

// The kinds of token.
const (
	OperatorToken   Kind = "operator"
	ActivationToken Kind = "activation"
	UserToken       Kind = "user"
	AccountToken    Kind = "account"
)

// tokenKind is all that differs between kinds of token while planning.
type tokenKind struct {
	Name Kind
	// tokens are those that the topology needs, without times and digests.
	tokens func(*compiler.Topology) []*Token
	// complete finishes claims that depend on tokens planned before; nil: none do.
	complete func(*planner, []*Token)
	// killed is the latest revocation that would end the token, in Unix seconds.
	killed func(*planner, *Token) int64
}

// kinds stand in the order of planning and signing.
var kinds = []tokenKind{
	{Name: OperatorToken, tokens: operatorTokens, killed: never},
	{Name: ActivationToken, tokens: activationTokens, killed: (*planner).activationKilled},
	{Name: UserToken, tokens: userTokens, killed: (*planner).userKilled},
	{Name: AccountToken, tokens: accountTokens, complete: (*planner).completeAccounts, killed: never},
}

// never is of tokens that no revocation ends.
func never(*planner, *Token) int64 { return 0 }

func operatorTokens(t *compiler.Topology) []*Token {
	o := t.Operator
	if o == nil || o.External {
		return nil
	}
	c := operatorClaims(o)
	return []*Token{{
		ID: lock.OperatorID(o.Name), Subject: o.PublicKey, Issuer: operatorIdentity(o), Claims: c, expiry: o.Expiry, at: o.Src.Def(),
	}}
}

func activationTokens(t *compiler.Topology) []*Token {
	return tokensOf(t.Activations, func(a *compiler.Activation) *Token {
		if a.From.External {
			return nil
		}
		issuer := activationIssuer(a.From)
		return &Token{
			ID: activationID(a), Subject: a.To.PublicKey, Issuer: issuer, Claims: activationClaims(a, issuer.PublicKey),
			expiry: a.Expiry, at: accountDef(t, a.From), Account: a.From, Activation: a,
		}
	})
}

func userTokens(t *compiler.Topology) []*Token {
	var users []*compiler.User
	for _, a := range t.Accounts {
		if !a.External {
			users = append(users, a.Users...)
		}
	}
	return tokensOf(users, func(u *compiler.User) *Token {
		issuer := userIssuer(u)
		tk := &Token{
			ID: lock.UserID(u.Account.Name, u.Name), Subject: u.PublicKey, Issuer: issuer, Claims: userClaims(u, issuer.PublicKey),
			expiry: u.Expiry, Account: u.Account, User: u,
		}
		if u.Src != nil {
			tk.at = u.Src.Def()
		}
		return tk
	})
}

func accountTokens(t *compiler.Topology) []*Token {
	return tokensOf(t.Accounts, func(a *compiler.Account) *Token {
		if a.External {
			return nil
		}
		issuer := accountIssuer(t.Operator, a)
		return &Token{
			ID: lock.AccountID(a.Name), Subject: a.PublicKey, Issuer: issuer, Claims: accountClaims(a, issuer.PublicKey),
			expiry: a.Expiry, at: accountDef(t, a), Account: a,
		}
	})
}

// tokensOf are the tokens of each of list, in its order; nil is none.
func tokensOf[T any](list []T, token func(T) *Token) []*Token {
	out := make([]*Token, len(list))
	parallel.Do(len(list), func(i int) { out[i] = token(list[i]) })
	return slices.DeleteFunc(out, func(t *Token) bool { return t == nil })
}

func activationID(a *compiler.Activation) string {
	return lock.ActivationID(a.From.Name, string(a.Type), a.Subject, a.To.Name)
}

// accountDef is where an account is declared: where the operator names it, else
// the operator's name, for the system account that nobody wrote.
func accountDef(t *compiler.Topology, a *compiler.Account) hcl.Range {
	switch {
	case a.Src != nil:
		return a.Src.Def()
	case t.Operator != nil && t.Operator.Src != nil:
		return t.Operator.Src.SystemAccount.RangeOr(t.Operator.Src.Site().Label)
	}
	return hcl.Range{}
}
