package diff

import (
	"fmt"

	"jsc/compiler"
	"jsc/emit"
	"jsc/schema"
)

// givenBack tells of accounts whose former token is not the one that the lock tells
// of. Where the lock is older, as one out of a backup, it may revoke less: who had
// lost access has it again, and nothing else says so.
func (c *comparison) givenBack() {
	revoked := map[string]emit.Revocations{}
	for _, t := range c.plan.Tokens {
		if t.Kind != emit.AccountToken {
			continue
		}
		was, had := c.old.accounts[t.Subject]
		if !had || was.issued == t.IssuedAt {
			continue
		}
		if was.revoked != nil {
			revoked[t.Subject] = was.revoked
		}
		at, from := schema.FormatUnix(t.IssuedAt), schema.FormatUnix(was.issued)
		events := []event{accountToken}
		if was.issued > t.IssuedAt {
			events = append(events, accountOlder)
			c.report.Breaks = append(c.report.Breaks, fmt.Sprintf("%s goes back to a token of %s from one of %s: the lock is older", t.Account.Name, at, from))
		}
		if t.State == emit.Kept {
			details := append(Lines(c.fields(t)), Field{Path: "issued", Old: from, New: at}.String())
			c.add(Change{Kind: "account", Name: t.Account.Name, Action: Alter, Details: details}, events...)
		}
	}
	for _, b := range c.plan.GivenBack(revoked) {
		what := "every user"
		switch {
		case b.User == "":
			what = fmt.Sprintf("%s on %s", c.called(b.Grantee), b.Subject)
		case b.User != "*":
			what = "user " + userCalled(b.Account, b.User)
		}
		c.report.Breaks = append(c.report.Breaks, fmt.Sprintf("%s takes %s again with tokens issued until %s: their revocation goes", b.Account.Name, what, schema.FormatUnix(b.Before)))
	}
}

// called is the name of an account by its key, or the key.
func (c *comparison) called(key string) string {
	for _, a := range c.plan.Topology.Accounts {
		if a.PublicKey == key {
			return a.Name
		}
	}
	return key
}

// userCalled is a user's key, after the name where the account has one for it.
func userCalled(a *compiler.Account, key string) string {
	for _, u := range a.Users {
		if u.PublicKey == key {
			return u.Name + " (" + key + ")"
		}
	}
	return key
}
