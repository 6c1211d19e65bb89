package main

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// leafTopology is deployed at a hub with a JetStream domain, and BILLING has
// clients at a leaf node too.
const leafTopology = `
operator "O" {}
server {
  jetstream { domain = "hub" }
}
account "ORDERS" {
  jetstream {}
  user "admin" {}
  stream "ORDERS" {
    subjects = ["orders.>"]
    consumer "PULL" {}
  }
  key_value "settings" {}
}
account "BILLING" {
  jetstream {}
  user "link" {}
  stream "COPY" {
    mirror { share = share.copied }
  }
}
share "pulled" {
  consumer = account.ORDERS.stream.ORDERS.consumer.PULL
  to "BILLING" {}
}
share "copied" {
  stream = account.ORDERS.stream.ORDERS
  mode   = "mirror"
  to "BILLING" {}
}
share "settings" {
  key_value = account.ORDERS.key_value.settings
  mode      = "write"
  to "BILLING" {}
}
`

// TestSharesAtALeafNode holds what docs/shares.md says of leaf nodes: which of
// them bring what is shared at a hub of another JetStream domain.
func TestSharesAtALeafNode(t *testing.T) {
	p := newParty(t)
	p.write(t, leafTopology)
	p.jsc(t, "build", "--quiet", "--generate-keys", "--creds", filepath.Join(p.dir, "creds"))
	operators, accounts := []*jwt.OperatorClaims{p.operator(t)}, p.accounts(t)

	hub := serve(t, operators, accounts, func(o *natsserver.Options) {
		o.ServerName, o.JetStreamDomain = "hub", "hub"
		o.LeafNode.Host, o.LeafNode.Port = "127.0.0.1", natsserver.RANDOM_PORT
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	admin := p.connect(t, hub.ClientURL(), "ORDERS/admin", "_INBOX")
	for _, stream := range []string{"ORDERS", "KV_settings"} {
		p.create(t, ctx, admin, "ORDERS", stream)
	}
	owner, err := jetstream.New(admin)
	if err != nil {
		t.Fatal(err)
	}
	kv, err := owner.KeyValue(ctx, "settings")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Put(ctx, "colour", []byte("red")); err != nil {
		t.Fatal(err)
	}
	v, err := hub.Varz(nil)
	if err != nil {
		t.Fatal(err)
	}
	remote := func(account, user string) *natsserver.RemoteLeafOpts {
		at := &url.URL{Scheme: "nats-leaf", Host: fmt.Sprintf("127.0.0.1:%d", v.LeafNode.Port)}
		return &natsserver.RemoteLeafOpts{
			LocalAccount: p.pinned(t, "account/"+account), URLs: []*url.URL{at}, Credentials: filepath.Join(p.dir, "creds", account, user+".creds"),
		}
	}
	billing, orders := remote("BILLING", "link"), remote("ORDERS", "admin")
	without := slices.DeleteFunc(slices.Clone(accounts), func(token string) bool {
		claims, err := jwt.DecodeAccountClaims(token)
		return err == nil && claims.Subject == p.pinned(t, "account/ORDERS")
	})
	for _, c := range []struct {
		name     string
		accounts []string // that the leaf knows
		domain   string   // of the leaf's JetStream; "" for none
		remotes  []*natsserver.RemoteLeafOpts
		works    string // "" where the leaf answers, too
	}{
		{"that has JetStream and the exporter's account", accounts, "leaf", []*natsserver.RemoteLeafOpts{billing}, ""},
		{"that is bound to the exporter's account, too", accounts, "leaf", []*natsserver.RemoteLeafOpts{billing, orders}, ""},
		{"without JetStream", accounts, "", []*natsserver.RemoteLeafOpts{billing}, "get put watch info next ack"},
		{"without the exporter's account", without, "leaf", []*natsserver.RemoteLeafOpts{billing}, "get put watch info next ack copy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			leaf := serve(t, operators, c.accounts, func(o *natsserver.Options) {
				o.ServerName, o.JetStream, o.JetStreamDomain = "leaf", c.domain != "", c.domain
				o.LeafNode.Remotes = c.remotes
			})
			linked(t, ctx, hub, leaf, len(c.remotes))
			if _, err := owner.Publish(ctx, "orders.new", []byte("an order")); err != nil {
				t.Fatal(err)
			}
			nc := p.connect(t, leaf.ClientURL(), "BILLING/link", "_INBOX_BILLING")
			if c.works == "" {
				answersTwice(t, ctx, nc)
				return
			}
			if got := worksAt(t, ctx, p, nc, c.domain != ""); got != c.works {
				t.Errorf("works: %s; not %s", got, c.works)
			}
		})
	}
	nc := p.connect(t, hub.ClientURL(), "BILLING/link", "_INBOX_BILLING")
	if _, err := owner.Publish(ctx, "orders.new", []byte("an order")); err != nil {
		t.Fatal(err)
	}
	if got := worksAt(t, ctx, p, nc, true); got != "get put watch info next ack copy" {
		t.Errorf("at the hub works: %s", got)
	}
}

// worksAt tells which uses of the shares work where a client of the importer is
// connected, and where the importer may have streams.
func worksAt(t *testing.T, ctx context.Context, p *party, nc *nats.Conn, streams bool) string {
	t.Helper()
	js, err := jetstream.NewWithAPIPrefix(nc, "ORDERS.API")
	if err != nil {
		t.Fatal(err)
	}
	var works []string
	work := func(what string, err error) bool {
		if err == nil {
			works = append(works, what)
		}
		return err == nil
	}
	if kv, err := js.KeyValue(ctx, "settings"); err == nil {
		_, err := kv.Get(ctx, "colour")
		work("get", err)
		_, err = kv.Put(ctx, "colour", []byte("blue"))
		work("put", err)
		if w, err := kv.Watch(ctx, "colour"); err == nil {
			select {
			case <-w.Updates():
				work("watch", nil)
			case <-ctx.Done():
			}
		}
	}
	_, err = js.Consumer(ctx, "ORDERS", "PULL")
	work("info", err)
	if m, err := nc.RequestWithContext(ctx, "ORDERS.API.CONSUMER.MSG.NEXT.ORDERS.PULL", []byte("1")); work("next", err) {
		_, err := nc.RequestWithContext(ctx, m.Reply, nil)
		work("ack", err)
	}
	if streams {
		p.create(t, ctx, nc, "BILLING", "COPY")
		work("copy", copied(ctx, nc, "COPY"))
	}
	return strings.Join(works, " ")
}

// answersTwice holds that what is asked of the hub is answered by the leaf, too,
// which has no such bucket: the client takes the first answer, and the pull that
// only the hub answers proves nothing.
func answersTwice(t *testing.T, ctx context.Context, nc *nats.Conn) {
	t.Helper()
	answers, err := nc.SubscribeSync(nc.NewInbox())
	if err != nil {
		t.Fatal(err)
	}
	if err := nc.PublishRequest("ORDERS.API.STREAM.INFO.KV_settings", answers.Subject, nil); err != nil {
		t.Fatal(err)
	}
	for found, missing := false, false; !found || !missing; {
		m, err := answers.NextMsgWithContext(ctx)
		if err != nil {
			t.Fatalf("found: %v, missing: %v, and then: %v", found, missing, err)
		}
		lost := strings.Contains(string(m.Data), "stream not found")
		found, missing = found || !lost, missing || lost
	}
	if _, err := nc.RequestWithContext(ctx, "ORDERS.API.CONSUMER.MSG.NEXT.ORDERS.PULL", []byte("1")); err != nil {
		t.Errorf("a pull: %v", err)
	}
}

// copied waits until a stream has a message; a stream whose origin is not found
// says so.
func copied(ctx context.Context, nc *nats.Conn, stream string) error {
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		s, err := js.Stream(ctx, stream)
		if err != nil {
			return err
		}
		switch info := s.CachedInfo(); {
		case info.State.Msgs > 0:
			return nil
		case info.Mirror.Error != nil:
			return info.Mirror.Error
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// linked waits until the leaf has its connections to the hub, and the hub no others.
func linked(t *testing.T, ctx context.Context, hub, leaf *natsserver.Server, n int) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for leaf.NumLeafNodes() != n || hub.NumLeafNodes() != n {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("the leaf has no connection to the hub")
		}
	}
}
