package diff

import (
	"encoding/json"
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit"
)

// formerPushers are the users that push accounts and whose new tokens servers take
// only after the push: a key signs them that the running system account does not
// have. The push is the last thing that their former credentials do.
func (c *comparison) formerPushers() []string {
	var names []string
	for _, t := range c.plan.Tokens {
		if t.Kind == emit.UserToken && t.Account.System && (t.State == emit.Changed || t.State == emit.Reissued || t.State == emit.Renewed) &&
			t.User.Src != nil && t.User.Src.Push.Or(false) && !slices.Contains(c.formerKeys(t.Account), t.Issuer.PublicKey) {
			names = append(names, t.Account.Name+"/"+t.User.Name)
		}
	}
	slices.Sort(names)
	return names
}

// formerKeys are the keys by which an account signed users before; where its token
// stays as it was, those that it has.
func (c *comparison) formerKeys(a *compiler.Account) []string {
	i := slices.IndexFunc(c.plan.Tokens, func(t *emit.Token) bool { return t.Kind == emit.AccountToken && t.Account == a })
	if i < 0 {
		return nil
	}
	claims, ok := c.plan.Tokens[i].Claims().(*jwt.AccountClaims)
	if text, had := c.old.claimsOf(c.plan.Tokens[i]); had {
		claims = &jwt.AccountClaims{}
		ok = json.Unmarshal(text, claims) == nil
	}
	if !ok {
		return nil
	}
	return append(claims.SigningKeys.Keys(), claims.Subject)
}
