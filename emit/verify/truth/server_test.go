package truth

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"jsc/emit/keys"
)

// world is an embedded server that takes accounts as they come, and the keys of
// a case. It listens on the loopback.
type world struct {
	t        testing.TB
	server   *server.Server
	resolver *server.MemAccResolver
	operator nkeys.KeyPair
	log      *silent
	dir      string // of the streams; gone with the server
	salt     string // of the case's keys
	conns    []*nats.Conn
}

const patience = 10 * time.Second

// newWorld boots a server.
func newWorld(t testing.TB) *world {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, resolver: &server.MemAccResolver{}, log: &silent{}, dir: dir}
	w.operator = w.pair("operator/O")
	system := w.public("account/SYS")
	operator := jwt.NewOperatorClaims(w.public("operator/O"))
	operator.SystemAccount = system
	w.store(jwt.NewAccountClaims(system))
	s, err := server.NewServer(&server.Options{
		// A connection in memory that is refused ends only when the server has
		// waited for the client to read.
		ServerName: "truth", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true,
		JetStream: true, StoreDir: dir, JetStreamMaxStore: 1 << 60, JetStreamMaxMemory: 1 << 60,
		TrustedOperators: []*jwt.OperatorClaims{operator}, AccountResolver: w.resolver, SystemAccount: system,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.SetLogger(w.log, true, false)
	s.Start()
	w.server = s
	if !s.ReadyForConnections(patience) {
		t.Fatal("the server does not come up")
	}
	return w
}

// close ends the server and removes what it has stored.
func (w *world) close() {
	w.hangUp()
	w.server.Shutdown()
	w.server.WaitForShutdown()
	if err := os.RemoveAll(w.dir); err != nil {
		w.t.Error(err)
	}
}

func (w *world) hangUp() {
	for _, nc := range w.conns {
		nc.Close()
	}
	w.conns = nil
}

// pair is the key of an ID as the lock has it, made of it and the salt.
func (w *world) pair(id string) nkeys.KeyPair {
	prefix, salt := nkeys.PrefixByteAccount, w.salt
	switch {
	case strings.HasPrefix(id, "operator/"):
		prefix, salt = nkeys.PrefixByteOperator, "" // one server's operator
	case strings.Contains(id, "/user/"):
		prefix = nkeys.PrefixByteUser
	}
	sum := sha256.Sum256([]byte(salt + " " + id))
	pair, err := nkeys.FromRawSeed(prefix, sum[:])
	if err != nil {
		panic(err)
	}
	return pair
}

func (w *world) public(id string) string {
	public, err := w.pair(id).PublicKey()
	if err != nil {
		panic(err)
	}
	return public
}

// Signer makes world a ring of keys that jsc's plans sign with.
func (w *world) Signer(id, _ string) (keys.Signer, error) { return signer{w.pair(id)}, nil }

// Prove has every seed.
func (w *world) Prove(_, _ string) error { return nil }

type signer struct{ nkeys.KeyPair }

func (s signer) PublicKey() string {
	public, err := s.KeyPair.PublicKey()
	if err != nil {
		panic(err)
	}
	return public
}

// store signs an account for the resolver to find, and returns its token.
func (w *world) store(c *jwt.AccountClaims) string {
	token, err := c.Encode(w.operator)
	if err != nil {
		w.t.Fatal(err)
	}
	w.storeToken(c.Subject, token)
	return token
}

func (w *world) storeToken(public, token string) {
	if err := w.resolver.Store(public, token); err != nil {
		w.t.Fatal(err)
	}
}

// lookUp has the server take an account up.
func (w *world) lookUp(public string) error {
	_, err := w.server.LookupAccount(public)
	return err
}

// silent keeps what a server says only to its debug log about what it drops.
type silent struct {
	mu     sync.Mutex
	adding string // what is being added to an account
	drops  []drop
}

// drop is something that the server left out, without refusing the account.
type drop struct {
	what string // "stream import A \"x\" at B \"y\"", or of what there is no such word
	why  string
}

// Debugf notes what is added, and whether it was not.
func (l *silent) Debugf(format string, args ...any) {
	switch {
	case strings.HasPrefix(format, "Adding "):
		l.mu.Lock()
		defer l.mu.Unlock()
		l.adding = fmt.Sprintf(format, args...)
	case strings.HasPrefix(format, "Error adding "):
		l.mu.Lock()
		defer l.mu.Unlock()
		l.drops = append(l.drops, drop{l.adding, fmt.Sprintf(format, args...)})
	}
}

// Errorf notes what comes with no word of what is added.
func (l *silent) Errorf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.drops = append(l.drops, drop{"", fmt.Sprintf(format, args...)})
}

func (l *silent) Noticef(string, ...any) {}
func (l *silent) Warnf(string, ...any)   {}
func (l *silent) Tracef(string, ...any)  {}

// Fatalf is an error that stays.
func (l *silent) Fatalf(format string, args ...any) { l.Errorf("fatal: "+format, args...) }

// take empties the log.
func (l *silent) take() []drop {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := l.drops
	l.drops = nil
	return out
}

// connect is an unrestricted user of an account.
func (w *world) connect(accountID string) (*nats.Conn, error) {
	user := w.pair(accountID + "/user/truth")
	public, err := user.PublicKey()
	if err != nil {
		return nil, err
	}
	c := jwt.NewUserClaims(public)
	// A user without permissions would have the account's default ones.
	c.Pub.Allow.Add(">")
	c.Sub.Allow.Add(">")
	token, err := c.Encode(w.pair(accountID))
	if err != nil {
		return nil, err
	}
	return w.connectAs(user, token)
}

func (w *world) connectAs(user nkeys.KeyPair, token string) (*nats.Conn, error) {
	nc, err := nats.Connect(w.server.ClientURL(), nats.NoReconnect(), nats.ErrorHandler(quiet),
		nats.UserJWT(func() (string, error) { return token, nil }, func(nonce []byte) ([]byte, error) { return user.Sign(nonce) }))
	if err == nil {
		w.conns = append(w.conns, nc)
	}
	return nc, err
}

// quiet is for errors that nobody waits for, as of accounts with few
// subscriptions.
func quiet(*nats.Conn, *nats.Subscription, error) {}

// apiError is a refusal of the JetStream API.
type apiError struct {
	Code        int    `json:"err_code"`
	Description string `json:"description"`
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.Code, e.Description) }

// api asks the JetStream API and returns the answer's configuration.
func (w *world) api(nc *nats.Conn, subject string, request any) (map[string]any, error) {
	data, err := json.Marshal(request)
	if err != nil {
		w.t.Fatal(err)
	}
	msg, err := nc.Request("$JS.API."+subject, data, patience)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", subject, err)
	}
	var answer struct {
		Error  *apiError      `json:"error"`
		Config map[string]any `json:"config"`
	}
	decoder := json.NewDecoder(strings.NewReader(string(msg.Data)))
	decoder.UseNumber()
	if err := decoder.Decode(&answer); err != nil {
		w.t.Fatalf("%s: %v", subject, err)
	}
	if answer.Error != nil {
		return nil, answer.Error
	}
	return answer.Config, nil
}
