package compiler

import (
	"fmt"
	"slices"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// readToken takes an activation token that was given, and refuses one with
// which the server would refuse the account or drop the import (jwt's
// Import.Validate; server/accounts.go, checkActivation). Whether it has
// expired is judged where there is a clock. The token is not repeated in
// messages.
func (p *pass) readToken(a *Account, i *Import) {
	at := i.Raw.Token.Range()
	wrong := func(due, is string) { p.add(diag.New("bad-value", at, "token", due, is)) }
	act, err := jwt.DecodeActivationClaims(i.Raw.Token.Value)
	if err != nil {
		wrong("an activation token", "something else")
		return
	}
	i.Token, i.Expires = i.Raw.Token.Value, act.Expires
	if act.ClaimsData.Subject != a.PublicKey {
		d := diag.New("activation-wrong-account", at, act.ClaimsData.Subject, a.PublicKey)
		if a.PublicKey == schema.StandIn(schema.ID("account", a.Name)) {
			diag.WithHint(d, "Account %q has no key yet: set its public_key, or let a build pin one and ask the exporter for a token for it.", a.Name)
		}
		p.add(d)
	}
	granted := fmt.Sprintf("%s %q", act.ImportType, string(act.ImportSubject))
	if act.ImportType.String() != string(i.Type) || subject.Valid(string(act.ImportSubject)) != nil || !subject.Contains(string(act.ImportSubject), i.Subject) {
		p.add(diag.New("activation-wrong-subject", at, granted, fmt.Sprintf("%s %q", i.Type, i.Subject)))
	}
	issuer := act.IssuerAccount
	if issuer == "" {
		issuer = act.Issuer
	}
	if issuer != i.From.PublicKey {
		wrong("issued by account "+quote(i.From.Name)+" ("+i.From.PublicKey+")", "by "+issuer)
		return
	}
	p.checkTokenKey(i, act.Issuer)
}

// checkTokenKey refuses a token whose signing key is scoped, or is none of the
// exporter's. Of an external account only its own token knows all keys.
func (p *pass) checkTokenKey(i *Import, signer string) {
	at := i.Raw.Token.Range()
	if signer == i.From.PublicKey {
		return
	}
	n := slices.IndexFunc(i.From.SigningKeys, func(k *SigningKey) bool { return k.PublicKey == signer })
	switch {
	case n >= 0 && i.From.SigningKeys[n].Role != nil:
		p.add(diag.New("activation-signed-by-scoped-key", at, signer))
	case n < 0 && !i.From.External:
		p.add(diag.New("bad-value", at, "token", "signed with a key of account "+quote(i.From.Name), "with "+signer))
	}
}
