package compiler

import (
	"net/url"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/schema"
	"jsc/schema/diag"
)

// compileOperator makes the operator with its keys. Its system account is
// chosen once there are accounts.
func (p *pass) compileOperator() {
	if len(p.config.Operators) == 0 {
		p.needOperator()
		return
	}
	src := p.config.Operators[0]
	for _, second := range p.config.Operators[1:] {
		d := diag.New("two-operators", second.LabelOrNameRange(), second.Name)
		p.add(diag.WithNote(d, src.LabelOrNameRange(), "operator %q is declared here first", src.Name))
	}
	p.claim(new(names), "operator", src)
	o := &Operator{
		Src:       src,
		Name:      src.Name,
		PublicKey: p.key(src, src.PublicKey, nkeys.PrefixByteOperator, schema.ID("operator", src.Name)),
		External:  src.External.Or(false),
		Strict:    src.StrictSigningKeys.Or(false),
		Expiry:    p.expiry(src.Expires, src.RenewBefore),
	}
	var taken names
	for _, k := range src.SigningKeys {
		if !p.claim(&taken, "signing_key", k) {
			continue
		}
		o.SigningKeys = append(o.SigningKeys, &SigningKey{
			Src:       k,
			Label:     k.Name,
			PublicKey: p.key(k, k.PublicKey, nkeys.PrefixByteOperator, schema.ID("operator", src.Name, "signing", k.Name)),
		})
		if k.Role != nil {
			p.add(diag.New("unknown-block", k.Role.Site().Type, "the signing_key of an operator", "role"))
		}
	}
	p.t.Operator = o
	p.checkOperatorURLs(src)
	if _, _, _, err := jwt.ParseServerVersion(src.AssertServerVersion.Or("")); err != nil {
		p.add(diag.New("bad-value", src.AssertServerVersion.Range(), "assert_server_version", "three numbers, as in 2.15.0", quote(src.AssertServerVersion.Value)))
	}
	if o.External {
		p.checkExternalOperator(src)
	} else if o.Strict && len(o.SigningKeys) == 0 {
		p.add(diag.New("strict-signing-key", src.StrictSigningKeys.Range(), "every account", "operator "+quote(o.Name)))
	}
}

// needOperator reports the first account that nobody signs.
func (p *pass) needOperator() {
	if p.config.Lacks("operator") {
		return
	}
	for _, a := range p.config.Accounts {
		if !a.External.Or(false) {
			p.add(diag.New("no-operator", a.LabelOrNameRange(), "account "+quote(a.Name)+" has no operator to sign it"))
			return
		}
	}
}

// checkExternalOperator refuses what is not ours to say of somebody else's
// operator: whom it signs with, and which account is its system account.
func (p *pass) checkExternalOperator(src *schema.Operator) {
	if !src.PublicKey.IsSet() && !src.PublicKey.Invalid() {
		p.add(diag.New("missing-attribute", src.Site().Body, "the external operator "+quote(src.Name), "public_key"))
	}
	if src.SystemAccount.IsSet() {
		p.add(diag.New("field-conflict", src.SystemAccount.NameRange(), "system_account", "external = true"))
	}
	if src.StrictSigningKeys.IsSet() {
		p.add(diag.New("field-conflict", src.StrictSigningKeys.NameRange(), "strict_signing_keys", "external = true"))
	}
	for _, k := range src.SigningKeys {
		p.add(diag.New("field-conflict", k.Site().Type, "signing_key", "external = true"))
	}
}

// checkOperatorURLs refuses URLs that jwt's OperatorClaims.Validate refuses.
func (p *pass) checkOperatorURLs(src *schema.Operator) {
	for i, u := range src.ServiceURLs.Or(nil) {
		if u == "" || jwt.ValidateOperatorServiceURL(u) != nil {
			p.add(diag.New("bad-value", src.ServiceURLs.Elem(i), "each of service_urls", "a URL of nats, tls, ws or wss with a host only", "another one"))
		}
	}
	p.checkURL("account_server_url", src.AccountServerURL, false)
}

// maxInfo is how long jwt lets a description or an info_url be (jwt's
// MaxInfoLength).
const maxInfo = jwt.MaxInfoLength

// checkURL refuses an attribute that is no URL with a scheme, and a host where
// one is due.
func (p *pass) checkURL(name string, attr schema.Attr[string], host bool) {
	if !attr.IsSet() || attr.Value == "" {
		return
	}
	u, err := url.Parse(attr.Value)
	if err != nil || u.Scheme == "" || (host && u.Hostname() == "") || len(attr.Value) > maxInfo {
		p.add(diag.New("bad-value", attr.Range(), name, "a URL, as in https://example.com", "something else"))
	}
}

// checkDescription refuses a description that is too long for a token.
func (p *pass) checkDescription(attr schema.Attr[string]) {
	if len(attr.Or("")) > maxInfo {
		p.add(diag.New("bad-value", attr.Range(), "description", "at most 8 KiB long", "longer"))
	}
}
