package diff

import (
	"encoding/json"
	"slices"
	"strings"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// timely are what a token says of itself; embedded tokens go with the shares.
var timely = []string{"iat", "jti", "exp", "nats.imports[].token"}

// tokens compares what tokens say: operator, accounts and users. Activations
// are their shares' matter, save those that somebody else has to install.
func (c *comparison) tokens() {
	for _, t := range c.plan.Tokens {
		if t.State == emit.Kept {
			continue
		}
		c.report.Tokens = append(c.report.Tokens, TokenChange{t.ID, string(t.State), t.Reason})
		switch t.Kind {
		case emit.OperatorToken:
			c.operator(t)
		case emit.AccountToken:
			c.account(t)
		case emit.UserToken:
			c.user(t)
		}
	}
	for _, id := range c.plan.Gone {
		c.report.Tokens = append(c.report.Tokens, TokenChange{id, "gone", "the topology has it no more"})
		c.gone(id)
	}
	for _, r := range c.plan.InForce() {
		c.report.Revoked = append(c.report.Revoked, Revocation{r.ID, r.Token, r.Reason})
	}
	c.operatorOfOthers()
	c.givenBack()
	c.bundles()
}

// fields are the differences between a token's claims before and after; without
// those before, there are none.
func (c *comparison) fields(t *emit.Token) []Field {
	was, had := c.old.claimsOf(t)
	if !had {
		return nil
	}
	is, err := json.Marshal(t.Claims())
	if err != nil {
		return nil // claims are JSON
	}
	fields, err := JSON(was, is, timely...)
	if err != nil {
		return nil // both were read as JSON
	}
	return withZeros(fields, was, is)
}

// details are fields in lines, more lines, and how the token's expiry changes; of a token
// that says the same, why it is new. Lines are told with shares by their place
// (see sharesOf), so what is no field comes after them.
func details(t *emit.Token, fields []Field, more ...string) []string {
	lines := slices.Concat(Lines(fields), more, expiry(t))
	if len(lines) == 0 && t.State != emit.Made {
		return []string{string(t.State) + ": " + t.Reason}
	}
	return lines
}

func action(t *emit.Token) Action {
	if t.State == emit.Made {
		return Add
	}
	return Alter
}

func (c *comparison) operator(t *emit.Token) {
	fields := c.fields(t)
	ch := Change{Kind: "operator", Name: c.plan.Topology.Operator.Name, Action: Alter, Details: details(t, fields)}
	switch {
	case t.State == emit.Made && len(fields) == 0:
		ch.Action = Add
		c.add(ch)
	case slices.ContainsFunc(fields, isFormerKey):
		c.add(ch, operatorOther)
	default:
		c.add(ch, operatorToken)
	}
}

// isFormerKey reports that a field of an operator's claims is a key that it has no
// more: a signing key, or the identity of another operator in its place.
func isFormerKey(f Field) bool {
	return isSigner(f.Path) && f.New == "" || f.Path == "sub"
}

func (c *comparison) account(t *emit.Token) {
	fields := c.fields(t)
	events := []event{accountToken}
	for _, e := range []struct {
		event event
		hit   func(Field) bool
	}{
		{threshold, func(f Field) bool {
			return strings.HasPrefix(f.Path, "nats.exports[") && strings.HasSuffix(f.Path, "].response_threshold")
		}},
		{connectionsLess, func(f Field) bool { return f.Path == "nats.limits.conn" && less(f.New, f.Old) }},
		{subscriptionsLess, func(f Field) bool { return f.Path == "nats.limits.subs" && less(f.New, f.Old) }},
		{bearerForbidden, func(f Field) bool { return f.Path == "nats.limits.disallow_bearer" && f.New == "true" }},
		{signerGone, func(f Field) bool { return isSigner(f.Path) && f.New == "" }},
		{roleChanged, func(f Field) bool {
			return strings.HasPrefix(f.Path, "nats.signing_keys[") && !isSigner(f.Path)
		}},
	} {
		if slices.ContainsFunc(fields, e.hit) {
			events = append(events, e.event)
		}
	}
	if c.others[t.Account.Name] != "" {
		events = []event{accountOther} // what else changes is nothing to who had the former one
		if c.resolverType() == "full" {
			events = []event{accountOtherStays}
		}
	}
	c.add(Change{Kind: "account", Name: t.Account.Name, Action: action(t), Details: details(t, fields, c.given(t)...), shares: sharesOf(fields)}, events...)
}

// isSigner reports that a path leads to a signing key as a whole: a plain one is
// an element of a list, a scoped one an object of its own.
func isSigner(path string) bool {
	rest, ok := strings.CutPrefix(path, "nats.signing_keys")
	return ok && (rest == "" || strings.IndexByte(rest, ']') == len(rest)-1)
}

// less reports that a limit is lower; -1 and none are unlimited.
func less(a, b string) bool {
	unlimited := func(s string) bool { return s == "" || s == "-1" }
	if unlimited(a) || unlimited(b) {
		return !unlimited(a)
	}
	return len(a) < len(b) || len(a) == len(b) && a < b
}

// userEvents are what becomes of a user's credentials.
var userEvents = map[emit.State]event{
	emit.Made: userNew, emit.Changed: userChanged, emit.Reissued: userChanged, emit.Renewed: userRenewed,
}

func (c *comparison) user(t *emit.Token) {
	name, e := t.Account.Name+"/"+t.User.Name, userEvents[t.State]
	if t.State == emit.Changed && !c.revoked(t.ID) { // see keep_old_tokens
		e = userKept
	}
	if t.State != emit.Made && c.others[t.Account.Name] != "" {
		e = userFollows
	}
	if ends := t.Former().Expires; e == userRenewed && ends != 0 && ends <= t.IssuedAt {
		e = userExpired
	}
	lines := details(t, c.fields(t))
	if _, had := c.old.claimsOf(t); t.State == emit.Changed && !had && !c.report.OutputMissing {
		said := "it is no bearer's, and its former token is in no file to compare with, as those of bearers"
		if emit.Bearer(t.User) {
			said = "it is a bearer's, and its former token is in no file to compare with"
		}
		lines = append([]string{said}, expiry(t)...)
	}
	c.add(Change{Kind: "user", Name: name, Action: action(t), Details: lines}, e)
}

// revoked reports that the plan revokes the former token of that ID.
func (c *comparison) revoked(id string) bool {
	if c.ended == nil {
		c.ended = map[string]bool{}
		for _, r := range c.plan.Revoked {
			c.ended[r.Token] = true
		}
	}
	return c.ended[id]
}

// gone tells of an account or a user that goes.
func (c *comparison) gone(id string) {
	parts, _ := lock.Parts(id)
	switch {
	case len(parts) == 2 && parts[0] == "account":
		key, e := c.plan.FormerKey(id), accountGone
		ch := Change{Kind: "account", Name: parts[1], Action: Remove}
		switch name := c.called(key); {
		case name != key:
			e = accountRenamed
			ch.Details = []string{"it is " + name + " now, with the same key; before a build, jsc keys move " +
				diag.ShellQuote(id) + " " + diag.ShellQuote(lock.AccountID(name)) + " takes along what the lock has of it"}
		case c.resolverType() == "full":
			e = accountStays
			ch.Details = []string{"its public key: " + key}
		}
		c.add(ch, e)
	case len(parts) == 4:
		e := userGone
		if account := c.plan.FormerKey(lock.AccountID(parts[1])); !c.present(parts[1]) && c.called(account) == account { // no token is left that could revoke its own
			e = userGoes
		}
		c.add(Change{Kind: "user", Name: parts[1] + "/" + parts[3], Action: Remove}, e)
	}
}

// accountOf is the account that a part of a file's path stands for.
func (c *comparison) accountOf(file string) string {
	if c.names == nil {
		c.names = map[string]string{}
		for name := range c.old.imports {
			c.names[emit.FileName(name)] = name
		}
		for _, a := range c.plan.Topology.Accounts {
			if !a.External {
				c.names[emit.FileName(a.Name)] = a.Name
			}
		}
	}
	if name, ok := c.names[file]; ok {
		return name
	}
	return file
}

// ownerOf is what a change's thing is in: its account, or "".
func ownerOf(ch Change) string {
	i := strings.LastIndexByte(ch.Name, '/')
	return ch.Name[:max(0, i)]
}
