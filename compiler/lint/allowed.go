package lint

import (
	"slices"

	"jsc/compiler"
	"jsc/compiler/subject"
)

// allowed finds out who may use what. It keeps indexes of the permissions that
// were asked for.
type allowed struct {
	lists    map[*string]*subject.Index[bool] // by their first elements
	accounts map[*compiler.Account]*allowances
}

// allowances are an account's users by what they may publish and subscribe to;
// open are those with a side of which nothing is said.
type allowances struct {
	publish, subscribe subject.Index[*compiler.User]
	open               []*compiler.User
}

func newAllowed() *allowed {
	return &allowed{make(map[*string]*subject.Index[bool]), make(map[*compiler.Account]*allowances)}
}

// few is up to how many are looked through: no index is worth its while then.
const few = 16

// use reports that a user of the importer may use all that the share cannot do
// without.
func (x *allowed) use(t *compiler.Target) bool {
	mayUse := func(u *compiler.User) bool { return x.mayUse(u, t) }
	users := t.To.Users
	if slices.ContainsFunc(users[:min(len(users), few)], mayUse) {
		return true
	}
	needed := slices.IndexFunc(t.Grants, (*compiler.Grant).Needed)
	if len(users) <= few || needed < 0 {
		return false
	}
	all := x.of(t.To)
	if slices.ContainsFunc(all.open, mayUse) {
		return true
	}
	side := &all.publish
	if t.Grants[needed].Type == compiler.StreamType {
		side = &all.subscribe
	}
	for _, u := range side.Overlapping(t.Grants[needed].ClientSubject()) {
		if mayUse(u) {
			return true
		}
	}
	return false
}

// of are an account's allowances; they are collected once.
func (x *allowed) of(a *compiler.Account) *allowances {
	if known := x.accounts[a]; known != nil {
		return known
	}
	all := new(allowances)
	for _, u := range a.Users {
		p := u.Effective()
		if len(p.PublishAllow) == 0 || len(p.SubscribeAllow) == 0 {
			all.open = append(all.open, u)
		}
		for _, s := range p.PublishAllow {
			all.publish.Add(plain(s), u)
		}
		for _, s := range p.SubscribeAllow {
			all.subscribe.Add(plain(s), u)
		}
	}
	x.accounts[a] = all
	return all
}

// mayUse reports that a user may use all that the share cannot do without.
func (x *allowed) mayUse(u *compiler.User, t *compiler.Target) bool {
	p := u.Effective()
	for _, g := range t.Grants {
		if !g.Needed() {
			continue
		}
		allow, deny := p.PublishAllow, p.PublishDeny
		if g.Type == compiler.StreamType {
			allow, deny = p.SubscribeAllow, p.SubscribeDeny
		}
		if !x.permitted(allow, deny, g.ClientSubject()) {
			return false
		}
	}
	return true
}

// permitted is permitted, without looking through long lists.
func (x *allowed) permitted(allow, deny []string, s string) bool {
	if len(deny) > few {
		for range x.list(deny).Containing(s) {
			return false
		}
		deny = nil
	}
	if len(allow) > few && permitted(nil, deny, s) {
		return meets(x.list(allow), s)
	}
	return permitted(allow, deny, s)
}

// list is the index of a list of permissions.
func (x *allowed) list(permissions []string) *subject.Index[bool] {
	index := x.lists[&permissions[0]]
	if index == nil {
		index = new(subject.Index[bool])
		for _, s := range permissions {
			index.Add(plain(s), true)
		}
		x.lists[&permissions[0]] = index
	}
	return index
}
