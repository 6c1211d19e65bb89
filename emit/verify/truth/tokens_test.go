package truth

import (
	"regexp"
	"strings"

	"github.com/nats-io/jwt/v2"
)

// tokens are how an activation token that another party made may be: what makes
// it so of a good one, and the ID of the key that signs it, "" for the
// exporter's own.
var tokens = map[string]struct {
	change func(*jwt.ActivationClaims)
	signer string
}{
	"good":            {},
	"wider":           {change: func(c *jwt.ActivationClaims) { c.ImportSubject = ">" }},
	"by signing key":  {change: func(c *jwt.ActivationClaims) { c.IssuerAccount = c.Issuer }, signer: "account/X/signing/k"},
	"expired":         {change: func(c *jwt.ActivationClaims) { c.Expires = now - 60 }},
	"another subject": {change: func(c *jwt.ActivationClaims) { c.ImportSubject = "zzz" }},
	"another type":    {change: func(c *jwt.ActivationClaims) { c.ImportType = 3 - c.ImportType }},
	"another account": {change: func(c *jwt.ActivationClaims) { c.Subject = c.Issuer }},
	"by a stranger":   {signer: "account/stranger"},
	"no token":        {},
}

// tokenKinds are the words of tokens, the better ones first.
var tokenKinds = []string{"good", "good", "good", "wider", "by signing key", "expired", "another subject", "another type", "another account", "by a stranger", "no token"}

// token is an activation token of a kind.
func (w *world) token(kind, from string, to *node, typ jwt.ExportType, sub string) string {
	if kind == "no token" {
		return "x.y.z"
	}
	row := tokens[kind]
	c := jwt.NewActivationClaims(w.public(to.accountID()))
	c.ImportSubject, c.ImportType = jwt.Subject(sub), typ
	c.Issuer = w.public("account/" + from)
	if row.change != nil {
		row.change(c)
	}
	signer := row.signer
	if signer == "" {
		signer = "account/" + from
	}
	text, err := c.Encode(w.pair(signer))
	if err != nil {
		w.t.Fatal(err)
	}
	return text
}

var filled = regexp.MustCompile(`%(key|token) ([^%]+)%`)

// fill writes a topology with the keys and tokens of the case.
func (w *world) fill(tree *node) string {
	return filled.ReplaceAllStringFunc(tree.hcl(), func(s string) string {
		words := strings.Fields(strings.Trim(s, "%"))
		if words[0] == "key" {
			return w.public("account/" + words[1])
		}
		for _, a := range tree.of("account") {
			for _, i := range a.of("import") {
				if a.label == words[1] && i.label == words[2] {
					return w.imported(tree, a, i).Token
				}
			}
		}
		return s
	})
}
