package lint

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// arrival is a share that comes to an account and needs what is published to,
// and subscribed to, under these subjects.
func arrival(to *compiler.Account, publish, subscribe string) *compiler.Target {
	return &compiler.Target{To: to, Grants: []*compiler.Grant{
		{Type: compiler.ServiceType, Local: publish},
		{Type: compiler.StreamType, Local: subscribe},
	}}
}

// user is a user of an account with these permissions.
func user(a *compiler.Account, p compiler.Permissions) *compiler.User {
	return &compiler.User{Src: &schema.User{}, Account: a, Permissions: p}
}

// TestUse compares who is found with what every user's permissions say.
func TestUse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	list := func(most int) []string {
		list := make([]string, random.IntN(most))
		for i := range list {
			list[i] = fmt.Sprintf("%s.%s", []string{"a", "b", "c", "*"}[random.IntN(4)], []string{"a", "b", "c", "*", ">"}[random.IntN(5)])
		}
		return list
	}
	used := map[bool]int{}
	for range 1000 {
		a := &compiler.Account{}
		for range random.IntN(3 * few) {
			p := compiler.Permissions{PublishAllow: list(3), SubscribeAllow: list(3), PublishDeny: list(3 * few), SubscribeDeny: list(5)}
			a.Users = append(a.Users, user(a, p))
		}
		if len(a.Users) > 0 && random.IntN(2) == 0 {
			a.Users[len(a.Users)-1].Permissions = compiler.Permissions{PublishAllow: list(3 * few), SubscribeAllow: list(3 * few)}
		}
		x := newAllowed()
		for range 5 {
			to := arrival(a, "a.b", "c.a")
			want := slices.ContainsFunc(a.Users, func(u *compiler.User) bool {
				p := &u.Permissions
				return permitted(p.PublishAllow, p.PublishDeny, "a.b") && permitted(p.SubscribeAllow, p.SubscribeDeny, "c.a")
			})
			if got := x.use(to); got != want {
				t.Fatalf("use is %t, and the permissions of %d users say %t", got, len(a.Users), want)
			}
			used[want]++
		}
	}
	if used[true] == 0 || used[false] == 0 {
		t.Fatalf("all are alike: %v", used)
	}
}

// many is so much that what compares each with each takes minutes.
const many = 60_000

// TestManyShares looks for the users and the streams that use each of many
// shares.
func TestManyShares(t *testing.T) {
	everything, each := &compiler.Account{}, &compiler.Account{}
	all := user(everything, compiler.Permissions{})
	everything.Users = []*compiler.User{all}
	for i := range many {
		s := fmt.Sprintf("s.%d", i)
		all.Permissions.PublishAllow = append(all.Permissions.PublishAllow, s)
		each.Users = append(each.Users, user(each, compiler.Permissions{PublishAllow: []string{s}, SubscribeAllow: []string{"r"}}))
		share := &schema.Share{}
		src := &schema.Stream{StreamSettings: &schema.StreamSettings{Mirror: &schema.StreamSource{Share: schema.Set[schema.Entity](share, nil)}}}
		each.Streams = append(each.Streams, &compiler.Stream{Src: src})
	}
	users, copies := newAllowed(), make(copying)
	for i := range many {
		for _, a := range []*compiler.Account{everything, each} {
			if !users.use(arrival(a, fmt.Sprintf("s.%d", i), "r")) || users.use(arrival(a, fmt.Sprintf("t.%d", i), "r")) {
				t.Fatalf("of s.%[1]d and t.%[1]d the first is not used, or the second is", i)
			}
		}
		mirror := each.Streams[i].Src.(*schema.Stream).Mirror.Share.Value
		to := &compiler.Target{To: each, Share: &compiler.Share{Src: mirror.(*schema.Share), Stream: each.Streams[i]}}
		if !copies.by(to) {
			t.Fatalf("share %d is not copied", i)
		}
	}
}

// TestManyInboxes looks for users that read others' inboxes among many that are
// denied all of them.
func TestManyInboxes(t *testing.T) {
	topology := &compiler.Topology{}
	a := &compiler.Account{Src: &schema.Account{}}
	topology.Accounts = []*compiler.Account{a}
	for i := range many {
		u := user(a, compiler.Permissions{SubscribeAllow: []string{">"}, SubscribeDeny: []string{"_INBOX.>"}})
		u.InboxPrefix = fmt.Sprintf("_INBOX.u%d", i)
		a.Users = append(a.Users, u)
	}
	f := &finder{topology: topology}
	sharedInbox(f)
	if len(f.out) > 0 {
		t.Errorf("%d users read others' inboxes, and all are denied them", len(f.out))
	}
}

// TestManyGrants leaves out what compiling has said of many shares.
func TestManyGrants(t *testing.T) {
	f := &finder{topology: &compiler.Topology{}}
	for i := range many {
		at := &schema.Site{Value: hcl.Range{Start: hcl.Pos{Byte: i + 1}}}
		src := &schema.Share{ShareTerms: &schema.ShareTerms{Service: schema.Set(schema.Subject("$JS.API.>"), at)}}
		f.topology.Shares = append(f.topology.Shares, &compiler.Share{Src: src, Subject: "$JS.API.>"})
		f.Found = append(f.Found, diag.New("over-grant", at.Value, "$JS.API.>", "all"))
	}
	overGrant(f)
	if len(f.out) > 0 {
		t.Errorf("%d findings have been said", len(f.out))
	}
}
