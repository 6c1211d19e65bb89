package compiler

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// readToken takes an activation token that was given, and refuses one with
// which the server would refuse the account or drop the import (jwt's
// Import.Validate; server/accounts.go, checkActivation). Whether it has
// expired is judged where there is a clock.
func (p *pass) readToken(a *Account, i *Import) {
	g := givenToken{
		text: undecorated(i.Raw.Token.Value), at: i.Raw.Token.Range(), from: i.From, to: a,
		wrong: func(due, is string) { p.add(diag.New("bad-value", i.Raw.Token.Range(), "token", due, is)) },
	}
	act := p.activation(g)
	if act == nil {
		return
	}
	i.Token, i.Expires = g.text, act.Expires
	if granted := string(act.ImportSubject); act.ImportType.String() != string(i.Type) || subject.Valid(granted) != nil || !subject.Contains(granted, i.Subject) {
		p.add(diag.New("activation-wrong-subject", g.at, fmt.Sprintf("%s %q", act.ImportType, granted), fmt.Sprintf("%s %q", i.Type, i.Subject)))
	}
}

// undecorated is the token in what a file of one holds: the token alone, or
// between the lines that nsc and jsc write around it.
func undecorated(text string) string {
	if token, err := jwt.ParseDecoratedJWT([]byte(text)); err == nil {
		text = token
	}
	return strings.TrimSpace(text)
}

// givenToken is an activation token that another party made.
type givenToken struct {
	text     string
	at       hcl.Range // where it comes from
	from, to *Account  // who should have issued it, and for whom
	// wrong reports what the token should be and what it is instead. The token
	// itself is not repeated in messages.
	wrong func(due, is string)
}

// activation decodes a given token, signature checked, and reports a wrong
// grantee or issuer; nil for what is no activation token.
func (p *pass) activation(g givenToken) *jwt.ActivationClaims {
	act, err := jwt.DecodeActivationClaims(g.text)
	if err != nil {
		g.wrong("an activation token", "something else")
		return nil
	}
	if act.ClaimsData.Subject != g.to.PublicKey {
		p.add(p.wrongGrantee(act.ClaimsData.Subject, g.to, g.at))
	}
	issuer := act.IssuerAccount
	if issuer == "" {
		issuer = act.Issuer
	}
	if issuer != g.from.PublicKey {
		g.wrong(fmt.Sprintf("issued by account %q (%s)", g.from.Name, g.from.PublicKey), "by "+issuer)
		return act
	}
	p.checkTokenKey(g, act.Issuer)
	return act
}

// wrongGrantee says that what another party made is for another account.
func (p *pass) wrongGrantee(key string, a *Account, at hcl.Range) *hcl.Diagnostic {
	d := diag.New("activation-wrong-account", at, key, a.PublicKey)
	if a.PublicKey == schema.StandIn(schema.ID("account", a.Name)) {
		diag.WithHint(d, "Account %q has no key yet: set its public_key, or let a build pin one and ask the exporter for a token for it.", a.Name)
	}
	return d
}

// checkTokenKey refuses a token whose signing key is scoped, or is none of the
// exporter's. Of an external account only its own token knows all keys.
func (p *pass) checkTokenKey(g givenToken, signer string) {
	if signer == g.from.PublicKey {
		return
	}
	n := slices.IndexFunc(g.from.SigningKeys, func(k *SigningKey) bool { return k.PublicKey == signer })
	switch {
	case n >= 0 && g.from.SigningKeys[n].Role != nil:
		p.add(diag.New("activation-signed-by-scoped-key", g.at, signer))
	case n < 0 && !g.from.External:
		g.wrong(fmt.Sprintf("signed with a key of account %q", g.from.Name), "with "+signer)
	}
}
