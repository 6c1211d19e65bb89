package compiler

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"time"
	_ "time/tzdata" // so that a locale is known on machines without zone files

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nkeys"

	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// defaultInbox is where clients take replies unless they are told otherwise.
const defaultInbox = "_INBOX"

// compileUsers makes an account's users with their keys and limits. What they
// may do comes later, when shares are known: compilePermissions.
func (p *pass) compileUsers(a *Account) {
	var taken names
	for _, src := range a.Src.Users {
		u := &User{
			Src:       src,
			Account:   a,
			Name:      src.Name,
			PublicKey: p.key(src, src.PublicKey, nkeys.PrefixByteUser, schema.ID("account", a.Name, "user", src.Name)),
			Expiry:    p.expiry(src.Expires, src.RenewBefore),
			Limits:    p.userLimits(src.UserLimits),
		}
		p.users[src] = u
		u.SignedBy = p.userSigner(u)
		u.Scoped = u.SignedBy != nil && u.SignedBy.Role != nil
		if u.Scoped {
			p.checkScopedUser(u)
		}
		p.checkBearer(u)
		if p.claim(&taken, "user", src) {
			a.Users = append(a.Users, u)
		}
	}
	slices.SortFunc(a.Users, func(x, y *User) int { return cmp.Compare(x.Name, y.Name) })
	p.checkBearerRoles(a)
}

// userSigner is the account's key that signs a user: the one that it names,
// else, as with activations, the account's first plain one, so that the
// identity key can stay off line; nil is the identity key, of which servers
// refuse users under strict_signing_keys (server/accounts.go,
// updateAccountClaims).
func (p *pass) userSigner(u *User) *SigningKey {
	if u.Src.SigningKey.IsSet() {
		return p.signingKey(u.Account.SigningKeys, "account "+quote(u.Account.Name), u.Src.SigningKey, u.Account.Src.Lacks("signing_key"))
	}
	if u.Src.SigningKey.Invalid() {
		return nil
	}
	key := u.Account.PlainKey()
	if key == nil && p.t.Operator != nil && p.t.Operator.Strict {
		d := diag.New("strict-signing-key", u.Src.LabelOrNameRange(), "user "+quote(u.Name), "account "+quote(u.Account.Name))
		p.add(diag.WithHint(d, "Add a signing_key block to the account, or remove strict_signing_keys."))
	}
	return key
}

// checkScopedUser refuses what a user sets and its signing key's role decides.
func (p *pass) checkScopedUser(u *User) {
	s := u.Src
	for _, set := range []struct {
		name string
		on   bool
		at   hcl.Range
	}{
		{"access", s.Access != nil, blockType(s.Access)},
		{"publish", s.Publish != nil, blockType(s.Publish)},
		{"subscribe", s.Subscribe != nil, blockType(s.Subscribe)},
		{"responses", s.Responses != nil, blockType(s.Responses)},
		{"push", s.Push.Or(false), s.Push.NameRange()},
		{"bearer", s.Bearer.IsSet(), s.Bearer.NameRange()},
		{"source_networks", s.SourceNetworks.IsSet(), s.SourceNetworks.NameRange()},
		{"times", s.Times.IsSet(), s.Times.NameRange()},
		{"locale", s.Locale.IsSet(), s.Locale.NameRange()},
		{"connection_types", s.ConnectionTypes.IsSet(), s.ConnectionTypes.NameRange()},
		{"subscriptions", s.Subscriptions.IsSet(), s.Subscriptions.NameRange()},
		{"data", s.Data.IsSet(), s.Data.NameRange()},
		{"payload", s.Payload.IsSet(), s.Payload.NameRange()},
		{"proxy_required", s.ProxyRequired.IsSet(), s.ProxyRequired.NameRange()},
	} {
		if set.on {
			p.add(diag.New("scoped-user-permissions", set.at, u.Name, set.name, u.SignedBy.Label))
		}
	}
}

// blockType is where a block's type stands; the zero Range without a block.
func blockType[B any, P interface {
	*B
	Site() *schema.BlockSite
}](b P) hcl.Range {
	if b == nil {
		return hcl.Range{}
	}
	return b.Site().Type
}

// checkBearer refuses a bearer user of an account that forbids them.
func (p *pass) checkBearer(u *User) {
	if u.Account.Limits.DisallowBearer && u.Limits.Bearer {
		p.add(diag.New("bearer-forbidden", u.Src.Bearer.NameRange(), fmt.Sprintf("user %q is a bearer user", u.Name), u.Account.Name))
	}
}

// checkBearerRoles refuses roles that make bearer users in such an account: none
// of them could connect.
func (p *pass) checkBearerRoles(a *Account) {
	for _, k := range a.SigningKeys {
		if a.Limits.DisallowBearer && k.Role != nil && k.Role.Limits.Bearer {
			p.add(diag.New("bearer-forbidden", k.Src.Role.Bearer.NameRange(), fmt.Sprintf("the role of signing key %q makes bearer users", k.Label), a.Name))
		}
	}
}

// userLimits are a user's or a role's limits, as far as jwt and nats-server
// take them.
func (p *pass) userLimits(src *schema.UserLimits) UserLimits {
	l := UserLimits{
		Subscriptions:   p.limit("subscriptions", src.Subscriptions, unlimited, 0),
		Data:            p.limit("data", src.Data, unlimited, 0),
		Payload:         p.limit("payload", src.Payload, unlimited, 0),
		Bearer:          src.Bearer.Or(false),
		ProxyRequired:   src.ProxyRequired.Or(false),
		Locale:          src.Locale.Or(""),
		ConnectionTypes: sortedUnique(slices.Clone(src.ConnectionTypes.Or(nil))),
	}
	refuseEmpty(p, "source_networks", src.SourceNetworks, "any network")
	refuseEmpty(p, "times", src.Times, "any time")
	refuseEmpty(p, "connection_types", src.ConnectionTypes, "any connection")
	for i, cidr := range src.SourceNetworks.Or(nil) {
		if _, _, err := net.ParseCIDR(cidr); err != nil {
			p.add(diag.New("bad-value", src.SourceNetworks.Elem(i), "each of source_networks", "a network, as in 192.0.2.0/24", quote(cidr)))
			continue
		}
		l.SourceNetworks = append(l.SourceNetworks, cidr)
	}
	for i, span := range src.Times.Or(nil) {
		if why := timesFault(span); why != "" {
			p.add(diag.New("bad-value", src.Times.Elem(i), "each of times", "a start and another end as hh:mm:ss", why))
			continue
		}
		l.Times = append(l.Times, span)
	}
	// "Local" would be another zone on every server.
	if _, err := time.LoadLocation(l.Locale); err != nil || l.Locale == "Local" {
		p.add(diag.New("bad-value", src.Locale.Range(), "locale", "a time zone, as in Europe/Berlin", quote(l.Locale)))
		l.Locale = ""
	}
	return l
}

// refuseEmpty refuses a list that allows what it holds where the server takes
// one that holds nothing for any: a list that a topology works out would open,
// where it comes out empty, what it is there to close.
func refuseEmpty[T any](p *pass, name string, list schema.Attr[[]T], meaning string) {
	if list.IsSet() && len(list.Value) == 0 {
		d := diag.New("bad-value", list.Range(), name, "a list that is not empty", "one that is, which the server takes for "+meaning)
		p.add(diag.WithHint(d, "Put something into the list, or remove %s, which as null means %s.", name, meaning))
	}
}

// timesFault says why nobody could ever connect in a part of the day; "" for a
// good one. It may cross midnight.
func timesFault(span schema.TimeRange) string {
	for _, end := range []string{span.Start, span.End} {
		if _, err := time.Parse(time.TimeOnly, end); err != nil {
			return quote(end)
		}
	}
	if span.Start == span.End {
		return "twice " + quote(span.Start)
	}
	return ""
}

// compilePermissions works out what each user may do. Shares and what their
// importers see must be known.
func (p *pass) compilePermissions() {
	each(p, p.t.Accounts, func(p *pass, a *Account) (_ none) {
		for _, k := range a.SigningKeys {
			if k.Role != nil && a.System {
				k.Role.Permissions = a.withoutPush(k.Role.Permissions)
			}
		}
		for _, u := range a.Users {
			p.userPermissions(u)
		}
		return
	})
}

func (p *pass) userPermissions(u *User) {
	src := u.Src
	if src.Push.Or(false) && !u.Account.System {
		p.add(diag.New("field-requires", src.Push.NameRange(), "push", "a user of the system account"))
	}
	u.InboxPrefix = p.userInbox(u)
	if u.Scoped {
		p.checkTemplates(u)
		p.checkRoleInbox(u)
		u.Unrestricted = u.unrestricted(&u.SignedBy.Src.Role.Permissions)
		return
	}
	u.Unrestricted = src.Access == nil && u.unrestricted(&src.Permissions)
	u.Permissions = p.writtenPermissions(&src.Permissions, false)
	switch {
	case src.Access != nil:
		u.Permissions = u.Permissions.opened(&src.Permissions).merge(p.accessPermissions(u)).closed()
	case src.InboxPrefix.IsSet():
		u.Permissions = u.withInbox()
	}
	if u.Account.System && !src.Push.Or(false) {
		u.Permissions = u.Account.withoutPush(u.Permissions)
	}
}

// unrestricted reports that the user may do all with what is written for it, and
// what its account's defaults say, which hold where nothing is.
func (u *User) unrestricted(written *schema.Permissions) bool {
	defaults := u.Account.Src.Defaults
	open := func(p *schema.Permissions) bool { return !restricts(p.Publish) && !restricts(p.Subscribe) }
	return open(written) && (defaults == nil || written.Responses != nil || open(&defaults.Permissions))
}

// restricts reports that a side denies anything: an allow list denies the rest,
// one that is not written nothing.
func restricts(side *schema.AllowDeny) bool {
	return side != nil && (side.Allow.Site() != nil || side.Deny.Invalid() || len(side.Deny.Value) > 0)
}

// userInbox is the user's inbox prefix. With access it is one of the user's
// own, so that no other user may read its replies: under the prefix of a share
// whose replies it gets, else under the clients' default.
func (p *pass) userInbox(u *User) string {
	src := u.Src
	if src.InboxPrefix.IsSet() {
		prefix := src.InboxPrefix.Value
		err := subject.Valid(prefix)
		if err != nil || !subject.Literal(prefix) {
			why := "an inbox prefix has no wildcards"
			if err != nil {
				why = err.Error()
			}
			p.add(diag.New("bad-subject", src.InboxPrefix.Range(), prefix, why))
			return defaultInbox
		}
		return prefix
	}
	if src.Access == nil {
		return ""
	}
	return p.inboxBase(u) + "." + SubjectToken(u.Name)
}

// withInbox is what a user without access may do, with the inbox that it is to
// take replies at. Who may subscribe to anything that is not denied needs no
// more; the account's defaults, which servers give only to a user without
// permissions of its own, become its own here.
func (u *User) withInbox() Permissions {
	p, written := u.Permissions, &u.Src.Permissions
	if p.empty() && u.Account.Defaults != nil {
		p, written = *u.Account.Defaults, &u.Account.Src.Defaults.Permissions
	}
	inbox := u.InboxPrefix + "." + subject.Rest
	if written.Subscribe == nil || !written.Subscribe.Allow.IsSet() || p.subscribes(inbox) {
		return u.Permissions
	}
	p.SubscribeDeny = p.opened(written).SubscribeDeny
	return p.merge(Permissions{SubscribeAllow: []string{inbox}})
}

// checkRoleInbox refuses an inbox prefix that the role of the user's signing key
// does not let it subscribe to.
func (p *pass) checkRoleInbox(u *User) {
	attr := u.Src.InboxPrefix
	if !attr.IsSet() || u.InboxPrefix != attr.Value {
		return
	}
	role := u.SignedBy.Role.Permissions
	inbox := u.InboxPrefix + "." + subject.Rest
	var filled []string
	for _, s := range role.SubscribeAllow {
		if !templated(role.SubscribeAllow) {
			filled = role.SubscribeAllow
			break
		}
		subjects, _ := u.fill(s)
		filled = append(filled, subjects...)
	}
	open := len(role.SubscribeAllow) == 0 && !slices.Contains(role.SubscribeDeny, subject.Rest)
	if !open && !(Permissions{SubscribeAllow: filled}).subscribes(inbox) {
		d := diag.New("inbox-prefix", attr.Range(), fmt.Sprintf("the role of signing key %q does not let user %q subscribe to %q", u.SignedBy.Label, u.Name, inbox))
		p.add(diag.WithHint(d, "Allow it in the role, where {{name()}} stands for the user's name, or remove inbox_prefix."))
	}
}

// inboxBase is the inbox prefix of the share in u's access that has one, else
// the clients' default.
func (p *pass) inboxBase(u *User) string {
	for _, e := range u.Src.Access.Shares.Or(nil) {
		for _, s := range p.sharesOf(e) {
			if t := s.TargetOf(u.Account); t != nil && t.InboxPrefix != "" {
				return t.InboxPrefix
			}
		}
	}
	return defaultInbox
}
