package lint

import (
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/compiler/subject"
	"jsc/schema"
	"jsc/schema/diag"
)

// permitted reports that some of a subject is allowed: an empty allow list is
// everything (nats-server server/client.go, pubAllowed).
func permitted(allow, deny []string, s string) bool {
	if slices.ContainsFunc(deny, func(d string) bool { return subject.Contains(plain(d), s) }) {
		return false
	}
	return len(allow) == 0 || slices.ContainsFunc(allow, func(a string) bool { return subject.Overlap(plain(a), s) })
}

// template is what a server fills in for each user of a role: a token or a
// part of one.
var template = regexp.MustCompile(`[^.]*\{\{[^{}]*\}\}[^.]*`)

// plain is a permission's subject, without the queue that may follow it, and
// with any token where the server fills one in.
func plain(permission string) string {
	if strings.Contains(permission, "{{") {
		permission = template.ReplaceAllString(permission, subject.Any)
	}
	s, _, _ := strings.Cut(permission, " ")
	return s
}

func bearerUser(f *finder) {
	for u := range f.users {
		if u.Account.Limits.DisallowBearer {
			continue // bearer-forbidden
		}
		switch {
		case u.Limits.Bearer:
			f.add(diag.New("bearer-user", u.Src.Bearer.NameRange(), u.Name))
		case u.Scoped && u.SignedBy.Role.Limits.Bearer:
			f.add(diag.New("bearer-user", u.SignedBy.Src.Role.Bearer.NameRange(), u.Name))
		}
	}
}

// userUnrestricted: a user that may do all in its account. In the system
// account servers deny what is dangerous; sys-user-unrestricted speaks of the
// rest.
func userUnrestricted(f *finder) {
	for u := range f.users {
		if u.Unrestricted && !u.Account.System {
			f.add(diag.New("user-unrestricted", u.Src.LabelOrNameRange(), u.Name, u.Account.Name))
		}
	}
}

// claimsUpdate is how accounts are replaced on a running server
// (server/accounts.go, DirAccResolver).
const claimsUpdate = "$SYS.REQ.CLAIMS.UPDATE"

func sysUserUnrestricted(f *finder) {
	for u := range f.users {
		p := u.Effective()
		if u.Account.System && permitted(p.PublishAllow, p.PublishDeny, claimsUpdate) {
			f.add(diag.New("sys-user-unrestricted", u.Src.Push.RangeOr(u.Src.LabelOrNameRange()), u.Name))
		}
	}
}

// defaultInbox is where clients take replies unless they are told otherwise.
const defaultInbox = "_INBOX"

// sharedInbox: a restricted user whose permissions cover the inbox of another
// user of its account.
func sharedInbox(f *finder) {
	for a := range f.own {
		var inboxes subject.Index[*compiler.User]
		for _, u := range a.Users {
			prefix := u.InboxPrefix
			if prefix == "" {
				prefix = defaultInbox
			}
			inboxes.Add(prefix+".>", u)
		}
		known := make(map[string][]*compiler.User)
		for _, u := range a.Users {
			if !u.Unrestricted && readsOthers(u, &inboxes, known) {
				f.add(diag.New("shared-inbox", inboxAt(u), u.Name, a.Name))
			}
		}
	}
}

// readsOthers reports that a user may read another one's inbox. What users of
// the same permissions read is known once it has been looked for.
func readsOthers(u *compiler.User, inboxes *subject.Index[*compiler.User], known map[string][]*compiler.User) bool {
	p := u.Effective()
	key := strings.Join(p.SubscribeAllow, "\n") + "\n\n" + strings.Join(p.SubscribeDeny, "\n")
	read, has := known[key]
	if !has {
		read = readable(p, inboxes)
		known[key] = read
	}
	return slices.ContainsFunc(read, func(other *compiler.User) bool { return other != u })
}

// readable are the first two users whose inboxes the permissions cover: one of
// them at least is not the reader.
func readable(p compiler.Permissions, inboxes *subject.Index[*compiler.User]) (read []*compiler.User) {
	for _, allow := range p.SubscribeAllow {
		if strings.Contains(allow, "{{") {
			continue // each user's own
		}
		for s, other := range inboxes.Within(plain(allow)) {
			if slices.Contains(read, other) || slices.ContainsFunc(p.SubscribeDeny, func(d string) bool { return subject.Contains(d, s) }) {
				continue
			}
			if read = append(read, other); len(read) == 2 {
				return read
			}
		}
	}
	return read
}

// inboxAt is where it is said that a user reads an inbox.
func inboxAt(u *compiler.User) hcl.Range {
	switch {
	case u.Src.InboxPrefix.IsSet():
		return u.Src.InboxPrefix.Range()
	case !u.Scoped && u.Src.Subscribe != nil && u.Src.Subscribe.Allow.IsSet():
		for i, s := range u.Src.Subscribe.Allow.Value {
			if strings.HasPrefix(s, defaultInbox) {
				return u.Src.Subscribe.Allow.Elem(i)
			}
		}
	}
	return u.Src.LabelOrNameRange()
}

// unreachablePermission: a permission at whose other end nobody of the account
// can be: no stream, export, import, mapping or consumer, and no user that may
// do the opposite. An account that declares no subject is not judged: its
// subjects are its clients' alone.
func unreachablePermission(f *finder) {
	for a := range f.own {
		if !slices.ContainsFunc(a.Users, says) {
			continue
		}
		known := subjectsOf(a)
		if a.System || known.Len() == 0 || a.AuthCallout != nil {
			continue
		}
		published, subscribed, open := ends(a)
		if open {
			continue
		}
		for _, u := range a.Users {
			if u.Scoped {
				continue
			}
			unreachable(f, u, "publish", u.Src.Publish, known, subscribed)
			unreachable(f, u, "subscribe", u.Src.Subscribe, known, published)
		}
	}
}

// says reports a user with permissions that somebody wrote.
func says(u *compiler.User) bool { return u.Src.Publish != nil || u.Src.Subscribe != nil }

func unreachable(f *finder, u *compiler.User, verb string, side *schema.AllowDeny, known, other *subject.Index[bool]) {
	if side == nil {
		return
	}
	for i, written := range side.Allow.Or(nil) {
		s := plain(written)
		if subject.Valid(s) != nil || strings.HasPrefix(s, "$") || strings.HasPrefix(s, "_") || meets(known, s) || meets(other, s) {
			continue
		}
		f.add(diag.New("unreachable-permission", side.Allow.Elem(i), u.Name, verb, written))
	}
}

func meets(x *subject.Index[bool], s string) bool {
	for range x.Overlapping(s) {
		return true
	}
	return false
}

// ends are the subjects that some user may publish and subscribe to; open when
// one of them may do all. To a server, a side of which nothing is said is
// allowed whole; here it says nothing.
func ends(a *compiler.Account) (published, subscribed *subject.Index[bool], open bool) {
	published, subscribed = &subject.Index[bool]{}, &subject.Index[bool]{}
	add := func(x *subject.Index[bool], allow []string) {
		for _, s := range allow {
			x.Add(plain(s), true)
		}
	}
	side := func(p compiler.Permissions, written *schema.Permissions) {
		add(published, p.PublishAllow)
		add(subscribed, p.SubscribeAllow)
		open = open || denies(written.Publish) || denies(written.Subscribe)
	}
	for _, u := range a.Users {
		open = open || u.Unrestricted
		if !u.Scoped {
			side(u.Effective(), &u.Src.Permissions)
		}
	}
	for _, k := range a.SigningKeys {
		if k.Role != nil { // whose users may be made elsewhere
			side(k.Role.Permissions, &k.Src.Role.Permissions)
			open = open || k.Src.Role.Publish == nil && k.Src.Role.Subscribe == nil
		}
	}
	return published, subscribed, open
}

// denies reports a side that allows all but what it denies.
func denies(side *schema.AllowDeny) bool {
	return side != nil && !side.Allow.IsSet() && !slices.Contains(side.Deny.Or(nil), subject.Rest)
}

// subjectsOf are the subjects that an account declares.
func subjectsOf(a *compiler.Account) *subject.Index[bool] {
	x := &subject.Index[bool]{}
	add := func(subjects ...string) {
		for _, s := range subjects {
			if s != "" {
				x.Add(s, true)
			}
		}
	}
	for _, s := range a.Streams {
		add(s.Config.Subjects...)
		if s.Config.Republish != nil {
			add(loose(s.Config.Republish.Dest))
		}
		for _, c := range s.Consumers {
			add(c.Config.DeliverSubject)
		}
	}
	for _, e := range a.Exports {
		add(e.Subject)
	}
	for _, i := range a.Imports {
		add(loose(i.Local))
	}
	for _, m := range a.Mappings {
		add(m.From)
		for _, to := range m.To {
			add(loose(to.Subject))
		}
	}
	return x
}

var placeholder = regexp.MustCompile(`\{\{[^{}]*\}\}|\$[0-9]+`)

// loose is a destination with any token where a wildcard of the source comes
// back.
func loose(s string) string {
	if !placeholder.MatchString(s) {
		return s
	}
	tokens := strings.Split(s, ".")
	for i, token := range tokens {
		if placeholder.MatchString(token) {
			tokens[i] = subject.Any
		}
	}
	return strings.Join(tokens, ".")
}
