package verify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"jsc/compiler"
	"jsc/compiler/subject"
)

// mostNeighbours is how many of an account's streams each user is tried on.
const mostNeighbours = 10

// attempt is something that the server lets a user do, or must not.
type attempt struct {
	do compiler.Type // services are published to, streams subscribed to
	at string
}

// in reports that one of the given attempts covers this one.
func (a attempt) in(given []attempt) bool {
	return slices.ContainsFunc(given, func(g attempt) bool { return g.do == a.do && subject.Contains(g.at, a.at) })
}

// beyond is what no access of an account's own things gives.
var beyond = []attempt{
	{compiler.StreamType, ">"},
	{compiler.StreamType, "_INBOX.>"},
	{compiler.StreamType, "$JS.>"},
	{compiler.ServiceType, "jsc-verify.elsewhere"},
	{compiler.ServiceType, "$JS.API.STREAM.LIST"},
	{compiler.ServiceType, "$JS.API.STREAM.NAMES"},
	{compiler.ServiceType, "$JS.API.STREAM.CREATE.jsc-verify"},
	{compiler.ServiceType, "$JS.API.STREAM.DELETE.jsc-verify"},
	{compiler.ServiceType, "$JS.API.CONSUMER.CREATE.jsc-verify.jsc"},
	{compiler.ServiceType, "$JS.API.CONSUMER.MSG.NEXT.jsc-verify.jsc"},
	{compiler.ServiceType, "$JS.API.DIRECT.GET.jsc-verify"},
	{compiler.ServiceType, "$JS.ACK.jsc-verify.jsc.1.1.1.1.0"},
	{compiler.ServiceType, "$KV.jsc-verify.jsc"},
	{compiler.ServiceType, "$O.jsc-verify.jsc"},
}

// neighbours tries, as the user, every other use of its own streams, every use
// of other streams of its account, to hear other users' replies, and what lies
// beyond; and notes whether the server refuses them all. The streams themselves
// are not there: only permissions are asked about.
func (v *run) neighbours(ctx context.Context, sys *system, u *compiler.User) error {
	nc, err := sys.as(ctx, u.Account, u, "")
	if err != nil {
		return err
	}
	given := v.given(u)
	tries := slices.Clone(beyond)
	for _, other := range u.Account.Users {
		if other != u && other.InboxPrefix != "" {
			tries = append(tries, attempt{compiler.StreamType, other.InboxPrefix + ".>"})
		}
		if len(tries) == len(beyond)+mostNeighbours {
			break
		}
	}
	for _, s := range nextTo(u) {
		for _, use := range u.Uses(s) {
			for _, g := range use.Grants(&v.t.Server) {
				if !g.Row.Inbox {
					at, _ := ends(g)
					tries = append(tries, attempt{g.Type, at})
				}
			}
		}
	}
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, v.opts.StepTimeout)
	defer cancel()
	tried := make(map[attempt]bool)
	var leaks []error
	for _, a := range tries {
		if tried[a] || a.in(given) {
			continue
		}
		tried[a] = true
		if err := refused(ctx, nc, a.do, a.at); err != nil {
			leaks = append(leaks, err)
		}
	}
	row := Row{From: u.Account.Name, User: u.Name, Grant: "neighbours"}
	if err := errors.Join(leaks...); err != nil {
		row.add(failed, err.Error(), time.Since(start))
	} else {
		row.add(OK, fmt.Sprintf("%d refused", len(tried)), time.Since(start))
	}
	v.note(row)
	return nil
}

// given is what the user's access gives it, worked out from what it lists, not
// from its permissions. A subscription that needs a queue group is not there,
// since without it the server must refuse.
func (v *run) given(u *compiler.User) []attempt {
	out := []attempt{{compiler.StreamType, u.InboxPrefix + ".>"}}
	add := func(g *compiler.Grant) {
		grouped := g.Row.Deliver && g.Share.Consumer != nil && g.Share.Consumer.Config.DeliverGroup != ""
		if !g.Row.Inbox && !grouped {
			out = append(out, attempt{g.Type, g.ClientSubject()})
		}
	}
	for _, o := range u.Own {
		for _, g := range o.Grants(&v.t.Server) {
			add(g)
		}
	}
	for _, g := range v.granted[u.Account] {
		if g.Share != nil && g.Row != nil && hasShare(u, g.Share) {
			add(g)
		}
	}
	return out
}

// nextTo are the streams that a user is tried on: its own, then others of the
// account.
func nextTo(u *compiler.User) []*compiler.Stream {
	var out []*compiler.Stream
	for _, o := range u.Own {
		out = append(out, o.Share.Stream)
	}
	out = append(out, u.Account.Streams...)
	seen := make(map[*compiler.Stream]bool)
	out = slices.DeleteFunc(out, func(s *compiler.Stream) bool {
		defer func() { seen[s] = true }()
		return seen[s]
	})
	return out[:min(len(out), mostNeighbours)]
}
