package verify

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"jsc/compiler"
)

// clinic has a user for each list of an access block, and next to each thing
// another of its kind.
const clinic = `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.*"]
    consumer "PULL" {}
    consumer "PUSH" {
      deliver_subject = "deliver.push"
      deliver_group   = "g"
      flow_control    = true
      idle_heartbeat  = "1s"
    }
    consumer "NEXT" {}
  }
  stream "T" {
    subjects = ["t.*"]
    consumer "PUSH" { deliver_subject = "deliver.next" }
  }
  key_value "K" {}
  key_value "L" {}
  object_store "O" {}
  object_store "P" {}

  user "publish" {
    access { publish = [account.A.stream.S] }
  }
  user "pull" {
    access { consume = [account.A.stream.S.consumer.PULL] }
  }
  user "push" {
    access { consume = [account.A.stream.S.consumer.PUSH] }
  }
  user "read" {
    access { read = [account.A.key_value.K, account.A.object_store.O] }
  }
  user "write" {
    access { write = [account.A.key_value.K, account.A.object_store.O] }
  }
  user "manage" {
    access { manage = [account.A.stream.S] }
  }
}
account "B" {
  user "shares" {
    access { shares = [share.x] }
  }
}
share "x" {
  consumer = account.A.stream.S.consumer.PULL
  to "B" { api_prefix = "A.API" }
}
`

// operations are what a client does on the wire, written out from the clients'
// and the server's sources, and the users of clinic that may do it. In account
// B the API has the share's prefix.
var operations = []struct {
	attempt
	users string
}{
	{attempt{compiler.ServiceType, "s.x"}, "publish"},
	{attempt{compiler.ServiceType, "t.x"}, ""},
	{attempt{compiler.ServiceType, "s.x.y"}, ""},
	{attempt{compiler.StreamType, "s.x"}, ""},
	{attempt{compiler.ServiceType, "deliver.push"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.INFO.S.PULL"}, "pull manage shares"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.MSG.NEXT.S.PULL"}, "pull shares"},
	{attempt{compiler.ServiceType, "$JS.ACK.S.PULL.1.1.1.1.0"}, "pull shares"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.INFO.S.NEXT"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.MSG.NEXT.S.NEXT"}, ""},
	{attempt{compiler.ServiceType, "$JS.ACK.S.NEXT.1.1.1.1.0"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.INFO.S.PUSH"}, "push manage"},
	{attempt{compiler.ServiceType, "$JS.ACK.S.PUSH.1.1.1.1.0"}, "push"},
	{attempt{compiler.ServiceType, "$JS.FC.S.PUSH.x"}, "push"},
	{attempt{compiler.StreamType, "deliver.push"}, ""}, // without its queue group
	{attempt{compiler.StreamType, "deliver.next"}, ""},
	{attempt{compiler.ServiceType, "$JS.ACK.T.PUSH.1.1.1.1.0"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.INFO.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.CREATE.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.UPDATE.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.PURGE.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.DELETE.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.MSG.GET.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.MSG.DELETE.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.CREATE.S.C"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.CREATE.S.C.s.x"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.DELETE.S.PULL"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.LIST.S"}, "manage"},
	{attempt{compiler.ServiceType, "$JS.API.DIRECT.GET.S"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.INFO.T"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.UPDATE.T"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.DELETE.T"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.CREATE.T.C"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.NAMES"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.INFO.KV_K"}, "read write"},
	{attempt{compiler.ServiceType, "$JS.API.DIRECT.GET.KV_K.$KV.K.x"}, "read write"},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.CREATE.KV_K.C.$KV.K.>"}, "read write"},
	{attempt{compiler.ServiceType, "$KV.K.x"}, "write"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.PURGE.KV_K"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.DELETE.KV_K"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.INFO.KV_L"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.DIRECT.GET.KV_L.$KV.L.x"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.CONSUMER.CREATE.KV_L.C.$KV.L.>"}, ""},
	{attempt{compiler.ServiceType, "$KV.L.x"}, ""},
	{attempt{compiler.StreamType, "$KV.K.>"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.DIRECT.GET.OBJ_O.$O.O.M.x"}, "read write"},
	{attempt{compiler.ServiceType, "$O.O.M.x"}, "write"},
	{attempt{compiler.ServiceType, "$O.O.C.x"}, "write"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.PURGE.OBJ_O"}, "write"},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.DELETE.OBJ_O"}, ""},
	{attempt{compiler.ServiceType, "$JS.API.STREAM.INFO.OBJ_P"}, ""},
	{attempt{compiler.ServiceType, "$O.P.C.x"}, ""},
	{attempt{compiler.StreamType, ">"}, ""},
	{attempt{compiler.StreamType, "_INBOX.>"}, ""},
}

// TestOwn proves every list of access end to end.
func TestOwn(t *testing.T) {
	r := verifyText(t, clinic, Options{Messages: 100})
	if !r.OK() {
		t.Errorf("not all proved:\n%s", table(t, r))
	}
	var got []string
	for i := range r.Rows {
		if row := &r.Rows[i]; row.Share == "" {
			got = append(got, row.User+" "+row.Grant+" "+row.Subject)
		}
	}
	want := []string{
		"manage manage S", "manage neighbours ",
		"publish publish S", "publish neighbours ",
		"pull consume S.PULL", "pull neighbours ",
		"push consume S.PUSH", "push neighbours ",
		"read read KV_K", "read read OBJ_O", "read neighbours ",
		"write write KV_K", "write write OBJ_O", "write neighbours ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

// booted is a run of a topology, and one server of it.
func booted(t *testing.T, top *compiler.Topology, options Options) (*run, *system) {
	t.Helper()
	v, err := newRun(t.Context(), top, top.Shares, options)
	if err != nil {
		t.Fatal(err)
	}
	sys, err := v.boot(t.Context(), nil, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sys.close)
	return v, sys
}

// eachUser calls do with every user of a running topology, and its connection.
func eachUser(t *testing.T, top *compiler.Topology, do func(v *run, sys *system, u *compiler.User, nc *nats.Conn)) {
	t.Helper()
	v, sys := booted(t, top, Options{})
	for _, a := range top.Accounts {
		for _, u := range a.Users {
			nc, err := sys.as(t.Context(), a, u, "")
			if err != nil {
				t.Fatal(err)
			}
			do(v, sys, u, nc)
		}
	}
}

// slips are the operations on which the server and the table differ.
func slips(t *testing.T, top *compiler.Topology) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var out []string
	eachUser(t, top, func(_ *run, _ *system, u *compiler.User, nc *nats.Conn) {
		for _, o := range operations {
			may, err := permits(ctx, nc, o.do, seenBy(u, o.at))
			if err != nil {
				t.Fatal(err)
			}
			if may != slices.Contains(strings.Fields(o.users), u.Name) {
				out = append(out, fmt.Sprintf("%s %s %s: %t", u.Name, o.do, o.at, may))
			}
		}
	})
	return out
}

// seenBy is where a user has an operation's subject.
func seenBy(u *compiler.User, at string) string {
	if rest, ok := strings.CutPrefix(at, "$JS.API."); ok && u.Account.Name == "B" {
		return "A.API." + rest
	}
	return at
}

// widen lets a user do one thing more.
func widen(u *compiler.User, more attempt) {
	p := &u.Permissions
	if more.do == compiler.ServiceType {
		p.PublishAllow, p.PublishDeny = append(p.PublishAllow, more.at), nil
	} else {
		p.SubscribeAllow, p.SubscribeDeny = append(p.SubscribeAllow, more.at), nil
	}
}

// TestOperations: on a server, every user may do what the table says and
// nothing else of it.
func TestOperations(t *testing.T) {
	for _, s := range slips(t, compile(t, clinic)) {
		t.Error(s)
	}
}

// TestOperationsWidened: each operation that a user gets beyond its own is one
// that the table finds.
func TestOperationsWidened(t *testing.T) {
	for _, o := range operations {
		top := compile(t, clinic)
		var want []string
		for _, a := range top.Accounts {
			for _, u := range a.Users {
				if !slices.Contains(strings.Fields(o.users), u.Name) {
					widen(u, attempt{o.do, seenBy(u, o.at)})
					want = append(want, fmt.Sprintf("%s %s %s: true", u.Name, o.do, o.at))
				}
			}
		}
		got := slips(t, top)
		for _, w := range want {
			if !slices.Contains(got, w) {
				t.Errorf("not found: %s", w)
			}
		}
	}
}

// TestNeighboursWidened: verify itself notices a user that may do more in its
// own account than its access says.
func TestNeighboursWidened(t *testing.T) {
	for _, more := range []attempt{
		{compiler.ServiceType, "t.*"},
		{compiler.ServiceType, ">"},
		{compiler.StreamType, ">"},
		{compiler.StreamType, "_INBOX.>"},
		{compiler.StreamType, "deliver.*"},
		{compiler.ServiceType, "$JS.API.STREAM.DELETE.*"},
		{compiler.ServiceType, "$JS.API.STREAM.UPDATE.T"},
		{compiler.ServiceType, "$JS.API.CONSUMER.MSG.NEXT.S.NEXT"},
		{compiler.ServiceType, "$JS.API.CONSUMER.MSG.NEXT.S.*"},
		{compiler.ServiceType, "$JS.ACK.S.NEXT.>"},
		{compiler.ServiceType, "$JS.API.DIRECT.GET.KV_L.>"},
		{compiler.ServiceType, "$KV.L.>"},
		{compiler.ServiceType, "$O.P.>"},
		{compiler.ServiceType, "$JS.API.STREAM.NAMES"},
	} {
		top := compile(t, clinic)
		for _, a := range top.Accounts {
			for _, u := range a.Users {
				widen(u, more)
			}
		}
		eachUser(t, top, func(v *run, sys *system, u *compiler.User, _ *nats.Conn) {
			if len(u.Own) == 0 {
				return
			}
			if err := v.neighbours(t.Context(), sys, u); err != nil {
				t.Fatal(err)
			}
			if row := v.more[len(v.more)-1]; row.User != u.Name || row.Result != failed || !strings.Contains(row.Detail, "may ") {
				t.Errorf("%s may %s %s, and verify says %+v", u.Name, more.do, more.at, row)
			}
		})
	}
}
