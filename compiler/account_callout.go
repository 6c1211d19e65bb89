package compiler

import (
	"fmt"
	"iter"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nkeys"

	"jsc/schema"
	"jsc/schema/diag"
)

// anyAccount is allowed_accounts' word for all (jwt's AnyAccount).
const anyAccount = "*"

// compileCallout makes an account's auth callout. Its users answer it, so they
// are of this account and connect without it.
func (p *pass) compileCallout(a *Account, src *schema.AuthCallout) {
	if src == nil {
		return
	}
	c := &AuthCallout{XKey: src.XKey.Or("")}
	if src.XKey.IsSet() && !p.isKey("xkey", src.XKey, nkeys.PrefixByteCurve) {
		c.XKey = ""
	}
	for i, named := range src.Users.Or(nil) {
		if key := p.calloutUser(a, named, src.Users.Elem(i)); key != "" {
			c.Users = append(c.Users, key)
		}
	}
	if src.Users.IsSet() && len(src.Users.Value) == 0 {
		p.add(diag.New("bad-value", src.Users.Range(), "users", "one user at least", "none"))
	}
	accounts := src.AllowedAccounts.Or(nil)
	for i, named := range accounts {
		if named.Entity == nil && named.Text == anyAccount && len(accounts) > 1 {
			p.add(diag.New("bad-value", src.AllowedAccounts.Elem(i), "allowed_accounts", "accounts, or \"*\" alone", "both"))
			continue
		}
		if key := p.calloutAccount(a, named, src.AllowedAccounts.Elem(i)); key != "" {
			c.AllowedAccounts = append(c.AllowedAccounts, key)
		}
	}
	c.Users, c.AllowedAccounts = sortedUnique(c.Users), sortedUnique(c.AllowedAccounts)
	a.AuthCallout = c
}

// calloutUser is the public key of a user that answers the callout.
func (p *pass) calloutUser(a *Account, named schema.LabelOrRef, at hcl.Range) string {
	if src, ok := named.Entity.(*schema.User); ok {
		u := p.users[src]
		if u == nil {
			return ""
		}
		if u.Account != a {
			p.add(diag.New("auth-callout-cycle", at, fmt.Sprintf("user %q is of account %q, so that connecting to answer the callout of account %q is not exempt from it", u.Name, u.Account.Name, a.Name)))
			return ""
		}
		return u.PublicKey
	}
	return p.userKey(a, named.Text, at)
}

// userKey is the public key of a user that is given by name or public key.
func (p *pass) userKey(a *Account, named string, at hcl.Range) string {
	if key := p.userKeysOf(a)[named]; key != "" {
		return key
	}
	if schema.IsPublicKey(named, nkeys.PrefixByteUser) {
		return named
	}
	if other, ok := kindOfKey(named); ok {
		p.add(diag.New("key-wrong-type", at, "user", keyOf[nkeys.PrefixByteUser], other))
		return ""
	}
	if keyShape.MatchString(named) && !nkeys.IsValidEncoding([]byte(named)) {
		d := diag.New("bad-value", at, "user", "a user's name or public key", "a key with a wrong checksum")
		p.add(diag.WithHint(d, "Copy the whole key again: one character of it is another."))
		return ""
	}
	d := diag.New("unknown-reference", at, fmt.Sprintf("user %q in account %q", named, a.Name))
	p.suggest(d, named, len(a.Users), func(i int) string { return a.Users[i].Name })
	p.add(d)
	return ""
}

// userKeysOf are the public keys of an account's users, by their names and by
// themselves; they are collected once.
func (p *pass) userKeysOf(a *Account) map[string]string {
	if known := p.userKeys[a]; known != nil {
		return known
	}
	keys := make(map[string]string, 2*len(a.Users))
	for _, u := range a.Users {
		for _, named := range []string{u.Name, u.PublicKey} {
			if _, has := keys[named]; !has {
				keys[named] = u.PublicKey
			}
		}
	}
	p.userKeys[a] = keys
	return keys
}

// calloutAccount is the public key of an account that users may be placed in.
func (p *pass) calloutAccount(a *Account, named schema.LabelOrRef, at hcl.Range) string {
	if named.Entity == nil && (named.Text == anyAccount || schema.IsPublicKey(named.Text, nkeys.PrefixByteAccount)) {
		return named.Text
	}
	to := p.accountOf(named)
	if to == nil {
		if named.Entity == nil {
			p.add(diag.New("unknown-reference", at, "account "+quote(named.Text)))
		}
		return ""
	}
	if to == a {
		p.add(diag.New("auth-callout-cycle", at, fmt.Sprintf("the callout of account %q allows the account itself", a.Name)))
		return ""
	}
	return to.PublicKey
}

// checkCalloutCycles refuses accounts whose callouts place users into each
// other: a user would be handed round.
func (p *pass) checkCalloutCycles() {
	byKey := map[string]*Account{}
	for _, a := range p.t.Accounts {
		if a.AuthCallout != nil {
			byKey[a.PublicKey] = a
		}
	}
	next := func(a *Account) iter.Seq[*Account] {
		return func(yield func(*Account) bool) {
			if a.AuthCallout == nil {
				return
			}
			for _, key := range a.AuthCallout.AllowedAccounts {
				if b := byKey[key]; b != nil && !yield(b) {
					return
				}
			}
		}
	}
	for _, path := range cycles(p.t.Accounts, next) {
		last := path[len(path)-1]
		p.add(diag.New("auth-callout-cycle", last.Src.AuthCallout.AllowedAccounts.RangeOr(last.Src.AuthCallout.Def()),
			"the auth callouts form a cycle: "+circle(path, func(a *Account) string { return a.Name })))
	}
}
