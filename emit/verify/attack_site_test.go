package verify_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// patience bounds every wait for what must come; it is never waited for what
// must not.
const patience = 10 * time.Second

// site is a deployment over some builds: its keys, its lock, the files of its
// last build, and a server of this process that runs on them.
type site struct {
	t      testing.TB
	dir    string
	pairs  map[string]nkeys.KeyPair // by ID
	lock   *lock.Lock
	now    int64
	plan   *emit.Plan
	files  map[string]string // of the last build
	forged map[string]string // account tokens that are not of the last build
	guests map[string]string // account tokens of others, by public key
	tree   fstest.MapFS      // files that the topology reads
	confs  string            // the folder that deploy's servers read
	server *server.Server
	port   int // that the server listens on; 0: any
	conns  map[string]*nats.Conn
}

func newSite(t testing.TB) *site {
	s := &site{
		t: t, dir: t.TempDir(), pairs: map[string]nkeys.KeyPair{}, lock: lock.New(), now: time.Now().Unix() - 1000,
		files: map[string]string{}, forged: map[string]string{}, guests: map[string]string{}, tree: fstest.MapFS{}, conns: map[string]*nats.Conn{},
	}
	t.Cleanup(s.stop)
	return s
}

// pair is the key of an ID, made when it is first asked for.
func (s *site) pair(id string) nkeys.KeyPair {
	if s.pairs[id] == nil {
		prefix := nkeys.PrefixByteAccount
		switch {
		case strings.HasPrefix(id, "operator/"):
			prefix = nkeys.PrefixByteOperator
		case strings.Contains(id, "/user/"):
			prefix = nkeys.PrefixByteUser
		}
		pair, err := nkeys.CreatePair(prefix)
		s.must(err)
		s.pairs[id] = pair
	}
	return s.pairs[id]
}

func (s *site) public(id string) string {
	public, err := s.pair(id).PublicKey()
	s.must(err)
	return public
}

// Signer makes a site its own key ring.
func (s *site) Signer(id, _ string) (keys.Signer, error) { return signer{s.pair(id)}, nil }

// Prove has every seed.
func (s *site) Prove(_, _ string) error { return nil }

type signer struct{ nkeys.KeyPair }

func (s signer) PublicKey() string {
	public, err := s.KeyPair.PublicKey()
	if err != nil {
		panic(err) // a pair that was made here has one
	}
	return public
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// compile makes a topology of a text, with what jsc says of it.
func (s *site) compile(text string) (*compiler.Topology, hcl.Diagnostics) {
	s.tree["x.hcl"] = &fstest.MapFile{Data: []byte(text)}
	pins := func(id string) (string, bool) { return s.public(id), true }
	config, diags := schema.Load(schema.Options{Tree: s.tree, Path: "x.hcl", Keys: pins})
	top, more := compiler.Compile(config, pins)
	return top, append(diags, more...)
}

// build does what jsc build does with the topology, ten seconds after the
// build before. Mistakes against the rules in anyway do not stop it, as they
// would stop jsc: that is how an attack has its chance.
func (s *site) build(text string, anyway ...string) {
	s.t.Helper()
	top, diags := s.compile(text)
	for _, d := range diags {
		if d.Severity == hcl.DiagError && !slices.Contains(anyway, diag.Of(d).Rule.Name) {
			s.t.Fatalf("%s: %s: %s", d.Subject, diag.Of(d).Rule.Name, d.Summary)
		}
	}
	s.now += 10
	plan, diags := emit.NewPlan(top, s.lock, s.now)
	if diags.HasErrors() {
		s.t.Fatal(diags)
	}
	s.must(plan.Sign(context.Background(), s, nil))
	artifacts, err := emit.Render(plan, "")
	s.must(err)
	s.plan, s.lock = plan, plan.Lock
	clear(s.files)
	clear(s.forged)
	for _, a := range artifacts {
		s.files[a.Path] = string(a.Data)
	}
	s.write()
}

// write puts the configuration where the server reads it.
func (s *site) write() {
	s.t.Helper()
	resolver := s.files["resolver.conf"]
	for account, text := range s.forged {
		own := s.plan.Token(lock.AccountID(account)).Text
		if !strings.Contains(resolver, own) {
			s.t.Fatalf("the token of account %s is not in resolver.conf", account)
		}
		resolver = strings.Replace(resolver, own, text, 1)
	}
	for key, text := range s.guests {
		const preload = "resolver_preload {"
		if !strings.Contains(resolver, preload) {
			s.t.Fatalf("no %s in resolver.conf", preload)
		}
		resolver = strings.Replace(resolver, preload, fmt.Sprintf("%s\n  %q: %q", preload, key, text), 1)
	}
	flags := fmt.Sprintf("%t", s.plan.Topology.Server.Ack.V2 && !s.plan.Topology.Server.Ack.V1)
	for name, data := range map[string]string{
		"operator.conf": s.files["operator.conf"],
		"resolver.conf": resolver,
		"server.conf": fmt.Sprintf("listen: \"127.0.0.1:%d\"\n", cmp.Or(s.port, -1)) + "server_name: attacked\ninclude \"resolver.conf\"\n" +
			"feature_flags { js_ack_fc_v2: " + flags + " }\n" +
			"jetstream { store_dir: \"" + filepath.Join(s.dir, "jetstream") + "\", max_file: 1TB, max_mem: 1TB }\n",
	} {
		s.must(os.WriteFile(filepath.Join(s.dir, name), []byte(data), 0o600))
	}
}

// start boots a server on the last build.
func (s *site) start() {
	s.t.Helper()
	s.must(s.tryStart())
	if !s.server.JetStreamEnabled() {
		s.t.Fatal("the server does not come up")
	}
}

// tryStart boots a server on the last build; the error is the server's.
func (s *site) tryStart() error {
	opts, err := server.ProcessConfigFile(filepath.Join(s.dir, "server.conf"))
	if err != nil {
		return err
	}
	opts.NoSigs, opts.NoLog = true, true
	one, err := server.NewServer(opts)
	if err != nil {
		return err
	}
	s.server = one
	one.Start()
	if !one.ReadyForConnections(patience) {
		return errors.New("the server takes no clients")
	}
	return nil
}

// stop ends the server and all connections; a site without one stays as it is.
func (s *site) stop() {
	for _, nc := range s.conns {
		nc.Close()
	}
	clear(s.conns)
	if s.server != nil {
		s.server.Shutdown()
		s.server.WaitForShutdown()
		s.server = nil
	}
}

// boot builds, starts and fills: every stream and consumer is there.
func (s *site) boot(text string, anyway ...string) {
	s.t.Helper()
	s.build(text, anyway...)
	s.start()
	s.fill()
}

// rebuild builds and reloads the running server.
func (s *site) rebuild(text string, anyway ...string) {
	s.t.Helper()
	s.build(text, anyway...)
	s.must(s.server.Reload())
}

// fill makes every stream and consumer as rendered.
func (s *site) fill() {
	s.t.Helper()
	for _, a := range s.plan.Topology.Accounts {
		for _, st := range a.Streams {
			s.api(a.Name, "$JS.API.STREAM.CREATE."+st.Config.Name, string(st.Config.JSON()))
			for _, c := range st.Consumers {
				body := fmt.Sprintf(`{"stream_name": %q, "config": %s, "action": "create"}`, st.Config.Name, c.Config.JSON())
				s.api(a.Name, "$JS.API.CONSUMER.CREATE."+st.Config.Name+"."+c.Config.Name, body)
			}
		}
	}
}

// claims are an account's of the last build, to be changed.
func (s *site) claims(account string) *jwt.AccountClaims {
	s.t.Helper()
	c, err := jwt.DecodeAccountClaims(s.plan.Token(lock.AccountID(account)).Text)
	s.must(err)
	return c
}

// forge replaces an account's token in what the server reads by one that the
// operator signs and jsc would not make.
func (s *site) forge(account string, change func(*jwt.AccountClaims)) {
	s.t.Helper()
	c := s.claims(account)
	change(c)
	text, err := c.Encode(s.pair(lock.OperatorID("O")))
	s.must(err)
	s.forged[account] = text
	s.write()
}

// says fails unless jsc says the rule of the text, with that severity.
func (s *site) says(text, rule string, severity hcl.DiagnosticSeverity) {
	s.t.Helper()
	_, diags := s.compile(text)
	for _, d := range diags {
		if diag.Of(d).Rule.Name == rule && d.Severity == severity {
			return
		}
	}
	s.t.Errorf("jsc does not say %s, but %v", rule, diags)
}

// silent fails when jsc says the rule of the text, however softly.
func (s *site) silent(text, rule string) {
	s.t.Helper()
	_, diags := s.compile(text)
	for _, d := range diags {
		if diag.Of(d).Rule.Name == rule {
			s.t.Errorf("jsc says %s: %s", rule, d.Summary)
		}
	}
}

// foreign makes account B another operator's.
func (s *site) foreign(text string) string {
	s.t.Helper()
	external := fmt.Sprintf("account \"B\" {\n  external = true\n  public_key = %q\n}", s.public("account/B"))
	out := strings.NewReplacer(`account "B" {}`, external, "account \"B\" {\n  jetstream {}\n}", external).Replace(text)
	if out == text {
		s.t.Fatal("no account B to make external")
	}
	return out
}
