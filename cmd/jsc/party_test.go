package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// party is one side: a folder with a topology, its lock, keys and output.
type party struct {
	dir  string
	shop string // the public key of the account that supplied accepts from
}

func newParty(t *testing.T) *party { return &party{dir: t.TempDir()} }

func (p *party) write(t *testing.T, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, "topology.hcl"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// jsc runs a command on the party's topology.
func (p *party) jsc(t *testing.T, args ...string) {
	t.Helper()
	if code, said := p.run(args...); code != exitDone {
		t.Fatalf("jsc %s exits %d:\n%s", strings.Join(args, " "), code, said)
	}
}

// run runs a command on the party's topology; what it printed comes back.
func (p *party) run(args ...string) (code int, said string) {
	var out bytes.Buffer
	at := slices.IndexFunc(args, func(a string) bool { return strings.HasPrefix(a, "--") })
	if at < 0 {
		at = len(args)
	}
	args = slices.Insert(slices.Clone(args), at, filepath.Join(p.dir, "topology.hcl"))
	code = run(args, strings.NewReader(""), &out, &out)
	return code, out.String()
}

// supplied has an account PARTNER, which accepts what it was given, and whose
// shop, another party, gives it a pull consumer and what else shares say.
func supplied(t *testing.T, shares string) (ours *party, topology func(inside string) string) {
	t.Helper()
	ours, theirs := newParty(t), newParty(t)
	account := func(inside string) string {
		return "operator \"PARTNER\" {}\naccount \"PARTNER\" {\n" + inside + "}\n"
	}
	ours.write(t, account(""))
	ours.jsc(t, "build", "--generate-keys", "--quiet")
	theirs.write(t, fmt.Sprintf(`
operator "SHOP" {}
account "SHOP" {
  jetstream {}
  stream "JOBS" {
    max_age = "1d"
    consumer "PULL" {}
  }
}
account "PARTNER" {
  external   = true
  public_key = %q
}
`, ours.pinned(t, "account/PARTNER"))+shares)
	theirs.jsc(t, "build", "--generate-keys", "--quiet")
	bundle, err := os.ReadFile(theirs.files(t, "generated/activations/PARTNER.json")[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(ours.dir, "shop.json"), bundle, 0o644); err != nil {
		t.Fatal(err)
	}
	ours.shop = theirs.pinned(t, "account/SHOP")
	accept := fmt.Sprintf("accept \"shop\" {\n bundle = \"shop.json\"\n from = %q\n}\n", ours.shop)
	return ours, func(inside string) string { return account(accept + inside) }
}

// pinned is the public key of an ID in the party's lock.
func (p *party) pinned(t *testing.T, id string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(p.dir, "topology.lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(regexp.QuoteMeta(`"`+id+`": "`) + `([A-Z0-9]+)"`).FindSubmatch(data)
	if m == nil {
		t.Fatalf("the lock does not pin %s:\n%s", id, data)
	}
	return string(m[1])
}

// files are the party's files that match a pattern below its folder.
func (p *party) files(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(p.dir, pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return files
}

// seeds are the public keys of which the party has the seed.
func (p *party) seeds(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, f := range p.files(t, ".jsc/keys/*/*/*.nk") {
		keys = append(keys, strings.TrimSuffix(filepath.Base(f), ".nk"))
	}
	return keys
}

// key is the party's key of an ID.
func (p *party) key(t *testing.T, id string) nkeys.KeyPair {
	t.Helper()
	seed, err := os.ReadFile(p.files(t, ".jsc/keys/*/*/"+p.pinned(t, id)+".nk")[0])
	if err != nil {
		t.Fatal(err)
	}
	k, err := nkeys.FromSeed(bytes.TrimSpace(seed))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (p *party) operator(t *testing.T) *jwt.OperatorClaims {
	t.Helper()
	token, err := os.ReadFile(p.files(t, "generated/operator.jwt")[0])
	if err != nil {
		t.Fatal(err)
	}
	claims, err := jwt.DecodeOperatorClaims(strings.TrimSpace(string(token)))
	if err != nil {
		t.Fatal(err)
	}
	return claims
}

// accounts are the tokens of the party's accounts.
func (p *party) accounts(t *testing.T) []string {
	t.Helper()
	var tokens []string
	for _, f := range p.files(t, "generated/accounts/*.jwt") {
		token, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, strings.TrimSpace(string(token)))
	}
	return tokens
}

func (p *party) dial(url, user, inbox string) (*nats.Conn, error) {
	return nats.Connect(url, nats.UserCredentials(filepath.Join(p.dir, "creds", user+".creds")), nats.CustomInboxPrefix(inbox))
}

func (p *party) connect(t *testing.T, url, user, inbox string) *nats.Conn {
	t.Helper()
	nc, err := p.dial(url, user, inbox)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// connectAs connects as a user of the account who may do all, made for the
// occasion.
func (p *party) connectAs(t *testing.T, url, account string) *nats.Conn {
	t.Helper()
	token, user := newUser(t, p.key(t, "account/"+account))
	nc, err := nats.Connect(url, nats.UserJWT(func() (string, error) { return token, nil }, user.Sign))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	return nc
}

// newUser makes a user of the account who may do all.
func newUser(t *testing.T, account nkeys.KeyPair) (token string, user nkeys.KeyPair) {
	t.Helper()
	user, err := nkeys.CreateUser()
	if err != nil {
		t.Fatal(err)
	}
	public, err := user.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	if token, err = jwt.NewUserClaims(public).Encode(account); err != nil {
		t.Fatal(err)
	}
	return token, user
}

// create makes a stream with its consumers as the party's build has them.
func (p *party) create(t *testing.T, ctx context.Context, nc *nats.Conn, account, stream string) {
	t.Helper()
	base := filepath.Join(p.dir, "generated", "jetstream", account, stream)
	request := func(subject string, body []byte) {
		answer, err := nc.RequestWithContext(ctx, subject, body)
		if err != nil {
			t.Fatalf("%s: %v", subject, err)
		}
		if bytes.Contains(answer.Data, []byte(`"error"`)) {
			t.Fatalf("%s: %s", subject, answer.Data)
		}
	}
	config, err := os.ReadFile(base + ".json")
	if err != nil {
		t.Fatal(err)
	}
	request("$JS.API.STREAM.CREATE."+stream, config)
	consumers, err := filepath.Glob(base + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range consumers {
		config, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(f), ".json")
		request("$JS.API.CONSUMER.CREATE."+stream+"."+name, fmt.Appendf(nil, `{"stream_name": %q, "config": %s}`, stream, config))
	}
}
