package explain

import (
	"fmt"
	"strings"

	"jsc/compiler"
	"jsc/schema"
)

// lists of an access block, as they are written.
var accessLists = []struct {
	name string
	of   func(*schema.Access) schema.Attr[[]schema.Entity]
}{
	{"publish", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Publish }},
	{"consume", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Consume }},
	{"shares", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Shares }},
	{"read", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Read }},
	{"write", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Write }},
	{"manage", func(a *schema.Access) schema.Attr[[]schema.Entity] { return a.Manage }},
}

// lists are the names of the lists of the user's access block that have what
// is asked for.
func lists(u *compiler.User, is func(schema.Entity) bool) []string {
	if u.Src.Access == nil {
		return nil
	}
	var names []string
	for _, l := range accessLists {
		for _, listed := range l.of(u.Src.Access).Or(nil) {
			if is(listed) {
				names = append(names, l.name)
			}
		}
	}
	return names
}

// same reports that a reference means the entity.
func same(e schema.Entity) func(schema.Entity) bool {
	return func(other schema.Entity) bool { return other == e }
}

// allowed is what a user may do: by its own block, or by its signing key's role.
func allowed(u *compiler.User) (compiler.Permissions, compiler.UserLimits) {
	if u.Scoped && u.SignedBy.Role != nil {
		return u.SignedBy.Role.Permissions, u.SignedBy.Role.Limits
	}
	return u.Permissions, u.Limits
}

// user explains a user: what it may do, and how it connects.
func user(u *compiler.User) *Explanation {
	x := header(u.Src)
	x.Summary = fmt.Sprintf("user %q of account %q", u.Name, u.Account.Name)
	permissions, limits := allowed(u)
	switch {
	case u.Scoped && u.SignedBy.Role != nil:
		x.Summary += fmt.Sprintf(", who may do what the role of its signing key %q says", u.SignedBy.Label)
	case u.Unrestricted:
		x.Summary += ", who may publish and subscribe to everything in it"
	}
	x.publicKey(u.PublicKey, schema.ID("account", u.Account.Name, "user", u.Name))
	if u.SignedBy != nil {
		x.fact("signed by", "the account's signing key "+u.SignedBy.Label)
	}
	x.fact("token ends", ends(u.Expiry))
	x.fact("inbox prefix", u.InboxPrefix)
	if u.Src.Access != nil {
		for _, l := range accessLists {
			for _, e := range l.of(u.Src.Access).Or(nil) {
				x.fact("access: "+l.name, e.Header().Address())
			}
		}
	}
	x.fact("may publish to", permissions.PublishAllow...)
	x.fact("may not publish to", permissions.PublishDeny...)
	x.fact("may subscribe to", permissions.SubscribeAllow...)
	x.fact("may not subscribe to", permissions.SubscribeDeny...)
	if r := permissions.Responses; r != nil {
		x.fact("may answer requests", responsesOf(r))
	}
	x.fact("limits", userLimits(limits)...)
	x.join()
	var cautions []string
	x.Uses, cautions = connect(u, limits)
	if u.InboxPrefix != "" {
		caution := "Its clients are to set the inbox prefix %q, though it may subscribe to other inboxes too. Credentials cannot carry it."
		if len(permissions.SubscribeAllow) > 0 {
			caution = "Its clients must set the inbox prefix %q: it may not subscribe to other inboxes, so that replies to others stay theirs. Credentials cannot carry it."
		}
		x.Cautions = append(x.Cautions, fmt.Sprintf(caution, u.InboxPrefix))
	}
	x.Cautions = append(x.Cautions, cautions...)
	return x
}

func responsesOf(r *compiler.Responses) string {
	count := "any number of times"
	if r.Max >= 0 {
		count = fmt.Sprintf("%d times", r.Max)
	}
	if r.TTL > 0 {
		count += " within " + schema.FormatDuration(r.TTL)
	}
	return count
}

func userLimits(l compiler.UserLimits) []string {
	all := []string{limit("subscriptions", l.Subscriptions), limit("data", l.Data), limit("payload", l.Payload)}
	for _, network := range l.SourceNetworks {
		all = append(all, "from "+network)
	}
	for _, at := range l.Times {
		all = append(all, strings.TrimSpace("between "+at.Start+" and "+at.End+" "+l.Locale))
	}
	if len(l.ConnectionTypes) > 0 {
		all = append(all, "by "+strings.Join(l.ConnectionTypes, ", "))
	}
	if l.ProxyRequired {
		all = append(all, "through a trusted proxy only")
	}
	return all
}
