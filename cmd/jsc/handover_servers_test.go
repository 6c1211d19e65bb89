package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	natsserver "github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
)

// Two operators meet on the shop's servers, whose config includes what the shop
// has generated, as docs/shares.md has it.

// pushedShop is the shop with a resolver that accounts are pushed to.
var pushedShop = strings.Replace(shop, `operator "SHOP" {}`, `
operator "SHOP" {
  system_account = "SYS"
}
server {
  resolver {
    type = "full"
    dir  = "accounts"
  }
}
account "SYS" {
  user "deploy" { push = true }
}`, 1)

func TestServersOfTwoOperators(t *testing.T) {
	t.Run("memory resolver", func(t *testing.T) {
		exporter, importer := handOver(t, shop, ofItsOwn)
		exporter.receive(t, importer)
		t.Chdir(exporter.dir)
		alone := boot(t, `include "generated/server.conf"`)
		if nc, err := importer.dial(alone.ClientURL(), "FULFILLMENT/worker", "_INBOX"); !errors.Is(err, nats.ErrAuthorization) {
			t.Errorf("the shop alone lets the partner in: %v %v", nc, err)
		}
		alone.Shutdown()
		alone.WaitForShutdown()
		preload := exporter.read(t, "generated/resolver.conf")
		preload = preload[strings.Index(preload, "resolver_preload"):]
		preload = strings.TrimSuffix(strings.TrimSpace(preload), "}")
		both := boot(t, trustBoth, fmt.Sprintf("%s  %s: %q\n}", preload,
			importer.pinned(t, "account/FULFILLMENT"), exporter.read(t, "from-partner/FULFILLMENT.jwt")))
		proveHandOver(t, exporter, importer, both.ClientURL())
	})
	t.Run("full resolver", func(t *testing.T) {
		exporter, importer := handOver(t, pushedShop, ofItsOwn)
		exporter.receive(t, importer)
		t.Chdir(exporter.dir)
		both := boot(t, trustBoth)
		sys := exporter.connect(t, both.ClientURL(), "SYS/deploy", "_INBOX.deploy")
		push := func(token string) {
			answer, err := sys.Request("$SYS.REQ.CLAIMS.UPDATE", []byte(token), 10*time.Second)
			if err != nil || !bytes.Contains(answer.Data, []byte(`"code":200`)) {
				t.Fatalf("push: %v %v", answer, err)
			}
		}
		push(exporter.read(t, "from-partner/FULFILLMENT.jwt"))
		proveHandOver(t, exporter, importer, both.ClientURL())

		// Either operator can sign any account, with a key that makes users of it.
		claims, err := jwt.DecodeAccountClaims(exporter.read(t, "generated/accounts/SHOP.jwt"))
		if err != nil {
			t.Fatal(err)
		}
		back := importer.key(t, "account/FULFILLMENT")
		claims.SigningKeys.Add(importer.pinned(t, "account/FULFILLMENT"))
		token, err := claims.Encode(importer.key(t, "operator/PARTNER"))
		if err != nil {
			t.Fatal(err)
		}
		push(token)
		user, key := newUser(t, back)
		made, err := jwt.DecodeUserClaims(user)
		if err != nil {
			t.Fatal(err)
		}
		made.IssuerAccount = claims.Subject
		if user, err = made.Encode(back); err != nil {
			t.Fatal(err)
		}
		nc, err := nats.Connect(both.ClientURL(), nats.UserJWT(func() (string, error) { return user, nil }, key.Sign))
		if err != nil {
			t.Fatalf("the partner's operator signs no account of the shop: %v", err)
		}
		nc.Close()
	})
}

// trustBoth is the config of the shop's servers.
const trustBoth = `
include "generated/server.conf"
operator: ["generated/operator.jwt", "from-partner/operator.jwt"]
`

// receive takes the tokens that the partner sends: its operator's and its
// accounts'.
func (p *party) receive(t *testing.T, from *party) {
	t.Helper()
	folder := filepath.Join(p.dir, "from-partner")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, file := range append(from.files(t, "generated/accounts/*.jwt"), from.files(t, "generated/operator.jwt")...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// read is a file of the party's.
func (p *party) read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, path))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(data))
}

// boot runs a server of a config in the working folder, on a free port.
func boot(t *testing.T, config ...string) *natsserver.Server {
	t.Helper()
	if err := os.WriteFile("nats.conf", []byte(strings.Join(config, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := natsserver.ProcessConfigFile("nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	o.Port, o.NoLog, o.NoSigs = natsserver.RANDOM_PORT, true, true
	return started(t, o)
}
