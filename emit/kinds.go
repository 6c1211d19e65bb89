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
	// judgeLength tells of a token that servers or clients find too long; nil: none is.
	judgeLength func(*planner, *Token)
}

// kinds stand in the order of planning and signing.
var kinds = []tokenKind{
	{Name: OperatorToken, tokens: operatorTokens, killed: never},
	{Name: ActivationToken, tokens: activationTokens, killed: (*planner).activationKilled},
	{Name: UserToken, tokens: userTokens, killed: (*planner).userKilled, judgeLength: (*planner).judgeUserLength},
	{Name: AccountToken, tokens: accountTokens, complete: (*planner).completeAccounts, killed: never, judgeLength: (*planner).judgeAccountLength},
}

// kindOf is a token's kind.
func kindOf(t *Token) tokenKind {
	return kinds[slices.IndexFunc(kinds, func(k tokenKind) bool { return k.Name == t.Kind })]
}

// never is of tokens that no revocation ends.
func never(*planner, *Token) int64 { return 0 }

func operatorTokens(t *compiler.Topology) []*Token {
	o := t.Operator
	if o == nil || o.External {
		return nil
	}
	return []*Token{{
		ID: lock.OperatorID(o.Name), Subject: o.PublicKey, Issuer: operatorIdentity(o), expiry: &o.Expiry,
		claims: operatorClaims(o),
	}}
}

func activationTokens(t *compiler.Topology) []*Token {
	return tokensOf(t.Activations, func(tk *Token, a *compiler.Activation) {
		if !a.From.External {
			*tk = Token{
				ID: activationID(a), Subject: a.To.PublicKey, Issuer: activationIssuer(a.From), expiry: &a.Expiry,
				Account: a.From, Activation: a,
			}
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
	return tokensOf(users, func(tk *Token, u *compiler.User) {
		*tk = Token{
			ID: lock.UserID(u.Account.Name, u.Name), Subject: u.PublicKey, Issuer: userIssuer(u), expiry: &u.Expiry,
			Account: u.Account, User: u,
		}
	})
}

func accountTokens(t *compiler.Topology) []*Token {
	return tokensOf(t.Accounts, func(tk *Token, a *compiler.Account) {
		if a.External {
			return
		}
		issuer := accountIssuer(t.Operator, a)
		*tk = Token{
			ID: lock.AccountID(a.Name), Subject: a.PublicKey, Issuer: issuer, expiry: &a.Expiry,
			Account: a, claims: accountClaims(a, issuer.PublicKey),
		}
	})
}

// tokensOf are the tokens of each of list, in its order, as fill fills them in;
// what stays without an ID is none.
func tokensOf[T any](list []T, fill func(*Token, T)) []*Token {
	all, out := make([]Token, len(list)), make([]*Token, 0, len(list))
	parallel.Do(len(list), func(i int) { fill(&all[i], list[i]) })
	for i := range all {
		if all[i].ID != "" {
			out = append(out, &all[i])
		}
	}
	return out
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
