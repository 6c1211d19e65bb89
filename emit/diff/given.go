package diff

import (
	"cmp"
	"encoding/json"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit"
	"jsc/schema"
)

// Given are lines about the activations that other parties gave an account: which of
// those that its former claims embed are others now, and how long those are good.
// Texts of tokens say that to nobody.
func Given(old *jwt.AccountClaims, a *compiler.Account) []string {
	former := map[imported]string{} // by the subject that the exporter has
	for _, i := range old.Imports {
		former[imported{i.Type.String(), string(i.Subject), i.Account}] = i.Token
	}
	var lines []string
	for _, i := range a.Imports {
		was := former[imported{string(i.Type), i.Subject, i.From.PublicKey}]
		if i.Token == "" || was == "" || was == i.Token {
			continue
		}
		ends := "which does not expire"
		if i.Expires != 0 {
			ends = "until " + schema.FormatUnix(i.Expires)
		}
		lines = append(lines, "import["+i.Name+"]: "+ages[cmp.Compare(issued(i.Token), issued(was))]+" activation, "+ends)
	}
	return lines
}

// ages are what a token is beside another, by how the times of their issue compare.
var ages = map[int]string{-1: "an older", 0: "another", 1: "a newer"}

// issued is when a token was issued, in Unix seconds; 0 of what is none.
func issued(token string) int64 {
	var c struct{ IAT int64 }
	text, err := emit.ReadableClaims(token)
	if err != nil || json.Unmarshal(text, &c) != nil {
		return 0
	}
	return c.IAT
}

// given are the lines of Given of a token that the plan changes.
func (c *comparison) given(t *emit.Token) []string {
	was, had := c.old.claimsOf(t)
	old := &jwt.AccountClaims{}
	if !had || json.Unmarshal(was, old) != nil {
		return nil
	}
	return Given(old, t.Account)
}
