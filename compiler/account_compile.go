package compiler

import (
	"cmp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nkeys"

	"jsc/schema"
	"jsc/schema/diag"
)

// defaultSystemAccount is the system account's name when nobody says another.
const defaultSystemAccount = "SYS"

// compileAccounts makes every account with its keys, its limits and its users'
// names and keys: all that other accounts may refer to.
func (p *pass) compileAccounts() {
	var taken names
	taken.grow(len(p.config.Accounts))
	p.t.Accounts = slices.Grow(p.t.Accounts, len(p.config.Accounts))
	for _, src := range p.config.Accounts {
		a := p.compileAccount(src)
		p.accounts[src] = a
		if p.claim(&taken, "account", src) {
			p.t.Accounts = append(p.t.Accounts, a)
		}
	}
	p.chooseSystemAccount()
	slices.SortFunc(p.t.Accounts, func(x, y *Account) int { return cmp.Compare(x.Name, y.Name) })
}

func (p *pass) compileAccount(src *schema.Account) *Account {
	a := &Account{
		Src:            src,
		Name:           src.Name,
		PublicKey:      p.key(src, src.PublicKey, nkeys.PrefixByteAccount, schema.ID("account", src.Name)),
		External:       src.External.Or(false),
		Expiry:         p.expiry(src.Expires, src.RenewBefore),
		Limits:         p.compileLimits(src.Limits),
		ClusterTraffic: src.ClusterTraffic.Or(""),
	}
	p.checkDescription(src.Description)
	p.checkURL("info_url", src.InfoURL, true)
	a.SignedBy = p.accountSigner(src)
	p.compileJetStream(a, src.JetStream)
	p.compileSigningKeys(a)
	p.compileUsers(a)
	return a
}

// keyMissing reports an external account without the key that its owner gives.
func (a *Account) keyMissing() bool {
	return a.External && a.Src != nil && !a.Src.PublicKey.IsSet() && !a.Src.PublicKey.Invalid()
}

// checkKeyGiven refuses an external account without a key, which shares say of
// their importers themselves.
func (p *pass) checkKeyGiven(a *Account) {
	if a.keyMissing() {
		p.lacking(a, "public_key", diag.New("missing-attribute", a.Src.Site().Body, "the external account "+quote(a.Name), "public_key"))
	}
}

// accountSigner is the operator's key that signs an account: the one that it
// names, else the operator's first; nil for the identity key.
func (p *pass) accountSigner(src *schema.Account) *SigningKey {
	var keys []*SigningKey
	if p.t.Operator != nil {
		keys = p.t.Operator.SigningKeys
	}
	if src.SignedBy.IsSet() {
		who, lacks := "the topology", p.config.Lacks("operator")
		if p.t.Operator != nil {
			who, lacks = "operator "+quote(p.t.Operator.Name), p.t.Operator.Src.Lacks("signing_key")
		}
		return p.signingKey(keys, who, src.SignedBy, lacks)
	}
	if len(keys) > 0 {
		return keys[0]
	}
	return nil
}

// signingKey finds a signing key by its label, or else by its NATS name; what
// messages call the keys' owner is who. Where it lacks one, of which has been
// said why, that may be it.
func (p *pass) signingKey(keys []*SigningKey, who string, label schema.Attr[string], lacks bool) *SigningKey {
	for _, k := range keys {
		if !k.Src.HasKey && k.Src.Label == label.Value {
			return k
		}
	}
	for _, k := range keys {
		if k.Label == label.Value {
			return k
		}
	}
	if lacks {
		return nil
	}
	d := diag.New("unknown-signing-key", label.Range(), who, label.Value)
	p.suggest(d, label.Value, len(keys), func(i int) string { return keys[i].Label })
	p.add(d)
	return nil
}

func (p *pass) compileSigningKeys(a *Account) {
	var taken names
	for _, src := range a.Src.SigningKeys {
		if !p.claim(&taken, "signing_key", src) {
			continue
		}
		public := p.key(src, src.PublicKey, nkeys.PrefixByteAccount, schema.ID("account", a.Name, "signing", src.Name))
		k := &SigningKey{Src: src, Label: src.Name, PublicKey: public}
		if src.Role != nil {
			k.Role = &Role{
				Permissions: p.writtenPermissions(&src.Role.Permissions, true),
				Limits:      p.userLimits(&src.Role.UserLimits),
			}
		}
		a.SigningKeys = append(a.SigningKeys, k)
	}
}

// PlainKey is the account's first signing key without a role, which signs
// users and activations in place of the identity key; nil when it has none.
func (a *Account) PlainKey() *SigningKey {
	for _, k := range a.SigningKeys {
		if k.Role == nil {
			return k
		}
	}
	return nil
}

// chooseSystemAccount marks the account that the operator names by its label or
// by a reference, or makes it. An account that is only called so is not taken:
// names come from data, too, and the system account sees all others.
func (p *pass) chooseSystemAccount() {
	o := p.t.Operator
	if o == nil || o.External {
		return
	}
	if o.Src.SystemAccount.Invalid() {
		return
	}
	named := o.Src.SystemAccount.Or(schema.LabelOrRef{Text: defaultSystemAccount})
	a := p.systemAccount(named)
	if a == nil {
		if a = p.makeSystemAccount(named.Text); a == nil {
			return
		}
		p.t.Accounts = append(p.t.Accounts, a)
	}
	a.System = true
	o.SystemAccount = a
	if a.Src != nil {
		p.checkSystemAccount(a)
	}
}

// systemAccount is the account that is referred to, or the one at the top of
// the topology that has the label; nil when there is none.
func (p *pass) systemAccount(named schema.LabelOrRef) *Account {
	if src, ok := named.Entity.(*schema.Account); ok {
		return p.accounts[src]
	}
	for _, src := range p.config.Accounts {
		if src.Label == named.Text && isAlone(src) {
			return p.accounts[src]
		}
	}
	return nil
}

// isAlone reports that an account is of no family and no module, so that its
// label means it.
func isAlone(src *schema.Account) bool {
	return !src.HasKey && !strings.HasPrefix(src.Address(), "module.")
}

// makeSystemAccount makes the system account that no block declares; nil when
// its name cannot be used or is another account's.
func (p *pass) makeSystemAccount(name string) *Account {
	o := p.t.Operator
	if why := nameFault(name); why != "" {
		p.add(diag.New("bad-name", o.Src.SystemAccount.Range(), name, why))
		return nil
	}
	for _, a := range p.t.Accounts {
		if a.Name != name {
			continue
		}
		if a.Src.NameFailed() {
			return nil
		}
		at := o.Src.LabelOrNameRange()
		if o.Src.SystemAccount.IsSet() {
			at = o.Src.SystemAccount.Range()
		}
		d := diag.New("duplicate-name", a.Src.LabelOrNameRange(), "account", name)
		diag.WithNote(d, at, "the system account is %q, which is made since no account at the top has that label", name)
		p.add(diag.WithHint(d, "Give this account another name. If it is to be the system account, which sees all others, say so: system_account = %s.", a.Src.Address()))
		return nil
	}
	a := &Account{
		Name:      name,
		PublicKey: p.publicKey(schema.ID("account", name)),
		Limits:    p.compileLimits(nil),
	}
	if len(o.SigningKeys) > 0 {
		a.SignedBy = o.SigningKeys[0]
	}
	return a
}

// checkSystemAccount refuses what keeps nats-server from starting with the
// account as its system account.
func (p *pass) checkSystemAccount(a *Account) {
	if a.External {
		p.add(diag.New("field-conflict", a.Src.External.NameRange(), "external", "being the system account"))
	}
	if at := jetStreamUse(a.Src); at != nil {
		p.add(diag.New("system-account-jetstream", *at, a.Name))
		a.JetStream = nil
	}
}

// jetStreamUse is the first thing in an account that needs JetStream; nil when
// nothing does.
func jetStreamUse(src *schema.Account) *hcl.Range {
	switch {
	case src.JetStream != nil:
		return src.JetStream.Site().Type.Ptr()
	case len(src.Streams) > 0:
		return src.Streams[0].LabelOrNameRange().Ptr()
	case len(src.KeyValues) > 0:
		return src.KeyValues[0].LabelOrNameRange().Ptr()
	case len(src.ObjectStores) > 0:
		return src.ObjectStores[0].LabelOrNameRange().Ptr()
	}
	return nil
}

// accountOf is the account that a reference or a label means, a label before a
// NATS name; nil when there is none.
func (p *pass) accountOf(named schema.LabelOrRef) *Account {
	if src, ok := named.Entity.(*schema.Account); ok {
		return p.accounts[src]
	}
	if p.named == nil {
		p.named = p.nameAccounts()
	}
	return p.accounts[p.named[named.Text]]
}

// nameAccounts are the accounts by what they are called: by their labels, or
// else by their NATS names.
func (p *pass) nameAccounts() map[string]*schema.Account {
	called := make(map[string]*schema.Account, len(p.config.Accounts))
	add := func(name string, src *schema.Account) {
		if called[name] == nil {
			called[name] = src
		}
	}
	for _, src := range p.config.Accounts {
		if isAlone(src) {
			add(src.Label, src)
		}
	}
	for _, src := range p.config.Accounts {
		add(src.Name, src)
	}
	return called
}
