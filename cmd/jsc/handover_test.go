package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/nats-io/nkeys"
)

// Two parties, each with a topology, a lock and keys of its own, hand shares
// over as docs/artifacts.md has it, and meet only in the server that runs
// their accounts.

// shop exports to the partner's account, of which it knows the public key.
const shop = `
operator "SHOP" {}

account "SHOP" {
  jetstream {}
  user "admin" {}

  stream "ORDERS" {
    subjects = ["orders.>"]
    consumer "PUSH" {
      deliver_subject = "deliver.orders"
      deliver_group   = "workers"
    }
  }
  stream "JOBS" {
    subjects = ["jobs.>"]
    consumer "PULL" {}
  }
  key_value "settings" {}
}

account "PARTNER" {
  external   = true
  public_key = "%s"
}

share "orders" {
  consumer = account.SHOP.stream.ORDERS.consumer.PUSH
  to "PARTNER" {}
}
share "jobs" {
  consumer = account.SHOP.stream.JOBS.consumer.PULL
  to "PARTNER" {}
}
share "settings" {
  key_value = account.SHOP.key_value.settings
  mode      = "write"
  watch     = true
  to "PARTNER" {
    trusted = true
  }
}
share "copies" {
  stream = account.SHOP.stream.ORDERS
  mode   = "source"
  to "PARTNER" {
    trusted = true
  }
}
share "prices" {
  service = "prices.*"
  from    = account.SHOP
  expires = "90d"
  to "PARTNER" {}
}
`

// partner imports what the shop hands over, once it has the bundle.
const (
	partner = `
%s

account "FULFILLMENT" {
  jetstream {}
  %s
}
`
	accepts = `
  accept "shop" {
    for_each      = { orders = null, jobs = null, settings = null, copies = null, prices = "cost.$1" }
    bundle        = "from-shop.json"
    from          = "%s"
    share         = each.key
    local_subject = each.value
    api_prefix    = each.key == "jobs" || each.key == "copies" || each.key == "settings" ? "shop.API" : null
    inbox_prefix  = each.key == "settings" ? "_INBOX_PARTNER" : null
  }

  stream "COPY" {
    source {
      share = account.FULFILLMENT.accept.shop["copies"]
    }
  }

  user "worker" {
    access {
      shares = [for name in ["orders", "jobs", "settings", "prices"] : account.FULFILLMENT.accept.shop[name]]
    }
  }
`
)

// handOver has the exporter of a topology and the partner, of an operator that
// may depend on the exporter, exchange what each needs of the other, and build.
func handOver(t *testing.T, topology string, operator func(exporter *party) string) (exporter, importer *party) {
	t.Helper()
	exporter, importer = newParty(t), newParty(t)
	exporter.write(t, fmt.Sprintf(topology, someAccountKey(t)))
	exporter.jsc(t, "keys", "generate")
	of := operator(exporter)
	importer.write(t, fmt.Sprintf(partner, of, ""))
	importer.jsc(t, "keys", "generate")

	exporter.write(t, fmt.Sprintf(topology, importer.pinned(t, "account/FULFILLMENT")))
	exporter.jsc(t, "build", "--creds", filepath.Join(exporter.dir, "creds"))
	bundle, err := os.ReadFile(filepath.Join(exporter.dir, "generated", "activations", "PARTNER.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(importer.dir, "from-shop.json"), bundle, 0o644); err != nil {
		t.Fatal(err)
	}
	importer.write(t, fmt.Sprintf(partner, of, fmt.Sprintf(accepts, exporter.pinned(t, "account/SHOP"))))
	importer.jsc(t, "build", "--generate-keys", "--creds", filepath.Join(importer.dir, "creds"))
	return exporter, importer
}

func TestHandOverBetweenTwoParties(t *testing.T) {
	for _, c := range []struct {
		name     string
		operator func(exporter *party) string
		hosted   bool // the shop's operator signs the partner's account, too
	}{
		{"of two operators", ofItsOwn, false},
		{"on a hosted account", func(exporter *party) string {
			return fmt.Sprintf("operator \"HOST\" {\n  external   = true\n  public_key = \"%s\"\n}", exporter.pinned(t, "operator/SHOP"))
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			exporter, importer := handOver(t, shop, c.operator)
			importer.jsc(t, "verify")
			if code, said := importer.run("build", "--now", "2100-01-01T00:00:00Z"); code != exitFailed || !strings.Contains(said, "from-shop.json") || !strings.Contains(said, "activation-expired") {
				t.Errorf("with tokens that have expired jsc build exits %d:\n%s", code, said)
			}

			for _, key := range exporter.seeds(t) {
				if slices.Contains(importer.seeds(t), key) {
					t.Errorf("both have the seed of %s", key)
				}
			}
			var operators []*jwt.OperatorClaims
			operators = append(operators, exporter.operator(t))
			accounts := exporter.accounts(t)
			theirs := importer.accounts(t)
			if c.hosted {
				theirs = hosted(t, exporter.key(t, "operator/SHOP"), theirs)
				if _, err := os.Stat(filepath.Join(importer.dir, "generated", "resolver.conf")); err == nil {
					t.Error("a server config is made for somebody else's operator")
				}
			} else {
				operators = append(operators, importer.operator(t))
			}
			s := serve(t, operators, append(accounts, theirs...))
			proveHandOver(t, exporter, importer, s.ClientURL())
		})
	}
}

// ofItsOwn is the operator of a partner who has one.
func ofItsOwn(*party) string { return `operator "PARTNER" {}` }

// proveHandOver sends messages through every share.
func proveHandOver(t *testing.T, exporter, importer *party, url string) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	admin := exporter.connect(t, url, "SHOP/admin", "_INBOX")
	owner, err := jetstream.New(admin)
	if err != nil {
		t.Fatal(err)
	}
	for _, stream := range []string{"ORDERS", "JOBS", "KV_settings"} {
		exporter.create(t, ctx, admin, "SHOP", stream)
	}
	worker := importer.connect(t, url, "FULFILLMENT/worker", "_INBOX_PARTNER.worker")
	js, err := jetstream.NewWithAPIPrefix(worker, "shop.API")
	if err != nil {
		t.Fatal(err)
	}

	const n = 10
	orders := make(chan *nats.Msg, n)
	if _, err := worker.ChanQueueSubscribe("deliver.orders", "workers", orders); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Subscribe("prices.*", func(m *nats.Msg) { _ = m.Respond([]byte(m.Subject)) }); err != nil {
		t.Fatal(err)
	}
	for _, nc := range []*nats.Conn{worker, admin} {
		if err := nc.FlushWithContext(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		for _, subject := range []string{"orders.new", "jobs.new"} {
			if _, err := owner.Publish(ctx, subject, fmt.Append(nil, i)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for i := range n {
		select {
		case m := <-orders:
			if err := m.AckSync(nats.Context(ctx)); err != nil || string(m.Data) != fmt.Sprint(i) {
				t.Errorf("order %d: %s, acknowledged: %v", i, m.Data, err)
			}
		case <-ctx.Done():
			t.Fatalf("order %d does not come", i)
		}
	}

	jobs, err := js.Consumer(ctx, "JOBS", "PULL")
	if err != nil {
		t.Fatal(err)
	}
	batch, err := jobs.Fetch(n, jetstream.FetchMaxWait(10*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	fetched := 0
	for m := range batch.Messages() {
		if err := m.DoubleAck(ctx); err != nil {
			t.Fatal(err)
		}
		fetched++
	}
	if fetched != n || batch.Error() != nil {
		t.Errorf("%d of %d jobs: %v", fetched, n, batch.Error())
	}

	settings, err := js.KeyValue(ctx, "settings")
	if err != nil {
		t.Fatal(err)
	}
	watch, err := settings.Watch(ctx, "colour")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := settings.Put(ctx, "colour", []byte("red")); err != nil {
		t.Fatal(err)
	}
	for e := range watch.Updates() {
		if e == nil {
			continue // the end of what was there
		}
		if string(e.Value()) != "red" {
			t.Errorf("the colour is %s", e.Value())
		}
		break
	}

	answer, err := worker.RequestWithContext(ctx, "cost.tea", nil)
	if err != nil || string(answer.Data) != "prices.tea" {
		t.Errorf("the price: %v %v", answer, err)
	}

	copier := importer.connectAs(t, url, "FULFILLMENT")
	if _, err := copier.RequestWithContext(ctx, "shop.API.STREAM.INFO.ORDERS", nil); !errors.Is(err, nats.ErrNoResponders) {
		t.Errorf("what was not handed over is answered: %v", err)
	}
	importer.create(t, ctx, copier, "FULFILLMENT", "COPY")
	own, err := jetstream.New(copier)
	if err != nil {
		t.Fatal(err)
	}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for copied := uint64(0); copied < n; {
		copy, err := own.Stream(ctx, "COPY")
		if err != nil {
			t.Fatal(err)
		}
		copied = copy.CachedInfo().State.Msgs
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%d of %d orders are copied", copied, n)
		}
	}
}

// someAccountKey is the public key of an account that nobody has.
func someAccountKey(t *testing.T) string {
	t.Helper()
	k, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	public, err := k.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return public
}

// hosted does what a hosting operator does with accounts that customers sign
// themselves: it signs what they say.
func hosted(t *testing.T, operator nkeys.KeyPair, tokens []string) []string {
	t.Helper()
	var out []string
	for _, token := range tokens {
		claims, err := jwt.DecodeAccountClaims(token)
		if err != nil {
			t.Fatal(err)
		}
		if claims.Issuer != claims.Subject {
			t.Errorf("account %s is signed by %s, not by itself", claims.Name, claims.Issuer)
		}
		signed, err := claims.Encode(operator)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, signed)
	}
	return out
}

// serve runs a server with JetStream that trusts the operators, of whom the first
// has the system account, and knows the accounts; change may change its options.
func serve(t *testing.T, operators []*jwt.OperatorClaims, accounts []string, change ...func(*natsserver.Options)) *natsserver.Server {
	t.Helper()
	resolver := &natsserver.MemAccResolver{}
	for _, token := range accounts {
		claims, err := jwt.DecodeAccountClaims(token)
		if err != nil {
			t.Fatal(err)
		}
		if err := resolver.Store(claims.Subject, token); err != nil {
			t.Fatal(err)
		}
	}
	o := &natsserver.Options{
		ServerName: "handover", Host: "127.0.0.1", Port: natsserver.RANDOM_PORT, NoLog: true, NoSigs: true,
		JetStream: true, StoreDir: t.TempDir(),
		TrustedOperators: operators, AccountResolver: resolver, SystemAccount: operators[0].SystemAccount,
	}
	for _, c := range change {
		c(o)
	}
	return started(t, o)
}

// started is a server that takes clients.
func started(t *testing.T, o *natsserver.Options) *natsserver.Server {
	t.Helper()
	s, err := natsserver.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not come up")
	}
	return s
}
