package verify

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/emit/keys"
)

// system is a nats-server of this process that runs a build's files, and the
// connections to it.
type system struct {
	servers []*server.Server
	dir     string // private; gone with the system
	ring    *ring
	log     *serverLog
	tokens  func(u *compiler.User) string // the JWT of a user of the topology

	mu      sync.Mutex
	conns   map[connKey]*nats.Conn
	started map[*compiler.Account]bool // JetStream is there for them
}

// connKey tells connections apart: one for each user, and one for each
// account's unrestricted throw-away user (a nil user) and inbox prefix.
type connKey struct {
	account *compiler.Account
	user    *compiler.User
	inbox   string
}

// bootTimeout bounds how long servers may take to come up: one takes some
// 30 ms, a cluster up to 10 s to elect a leader.
const bootTimeout = time.Minute

// bootTries is how often a cluster is booted: the ports that were free a moment
// ago may be taken by the time that its servers listen on them.
const bootTries = 4

// boot is bootOnce, tried again where a cluster did not come up.
func boot(ctx context.Context, files map[string][]byte, s compiler.Server, flags map[string]bool, size, line int) (*system, error) {
	for try := 1; ; try++ {
		sys, err := bootOnce(ctx, files, s, flags, size, line)
		if err == nil || size == 1 || try == bootTries || ctx.Err() != nil || !errors.Is(err, errNotStarted) {
			return sys, err
		}
	}
}

var errNotStarted = errors.New("nats-server did not start")

// bootOnce starts nats-server from the resolver.conf of the files, which are
// written to a private temporary folder: one server that does not listen, or a
// cluster whose servers listen for each other on the loopback. Nothing of the
// topology's host, ports, folders and TLS is used (docs/security.md D8). A line of 0
// is the server's default.
func bootOnce(ctx context.Context, files map[string][]byte, s compiler.Server, flags map[string]bool, size, line int) (_ *system, err error) {
	dir, err := os.MkdirTemp("", "jsc-verify-")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the server: %w", err)
	}
	sys := &system{dir: dir, log: new(serverLog), conns: make(map[connKey]*nats.Conn), started: make(map[*compiler.Account]bool)}
	defer func() {
		if err != nil {
			err = errors.Join(err, sys.log.err())
			sys.close()
		}
	}()
	for path, data := range files {
		if err := os.WriteFile(filepath.Join(dir, path), data, 0o600); err != nil {
			return nil, fmt.Errorf("write the server's configuration: %w", err)
		}
	}
	routes, err := freeRoutes(size)
	if err != nil {
		return nil, err
	}
	for i := range size {
		opts, err := server.ProcessConfigFile(filepath.Join(dir, "resolver.conf"))
		if err != nil {
			return nil, fmt.Errorf("the server refuses resolver.conf: %w", err)
		}
		opts.ServerName = fmt.Sprintf("verify-%d", i+1)
		opts.DontListen = true
		opts.NoSigs = true
		opts.JetStream = true
		opts.StoreDir = filepath.Join(dir, opts.ServerName)
		opts.JetStreamMaxStore, opts.JetStreamMaxMemory = raised, raised
		opts.JetStreamDomain = s.Domain
		opts.FeatureFlags = flags
		opts.MaxControlLine = int32(line)
		if size > 1 {
			joinCluster(opts, routes, i)
		}
		one, err := server.NewServer(opts)
		if err != nil {
			return nil, fmt.Errorf("boot nats-server: %w", err)
		}
		one.SetLogger(sys.log, false, false)
		sys.servers = append(sys.servers, one)
		one.Start()
	}
	ctx, cancel := context.WithTimeout(ctx, bootTimeout)
	defer cancel()
	return sys, sys.ready(ctx)
}

// ready waits until every server takes connections and JetStream is there, in
// a cluster with a leader that all follow.
func (s *system) ready(ctx context.Context) error {
	for _, one := range s.servers {
		err := until(ctx, "nats-server does not become ready", func() (bool, error) {
			return s.log.fatal() || one.ReadyForConnections(time.Millisecond), nil
		})
		if err != nil {
			return err
		}
		if s.log.fatal() || !one.JetStreamEnabled() {
			return errNotStarted
		}
	}
	if len(s.servers) == 1 {
		return nil
	}
	return until(ctx, "the cluster found no leader", func() (bool, error) {
		leaders := 0
		for _, one := range s.servers {
			if one.JetStreamIsLeader() {
				leaders++
			}
			if !one.JetStreamIsCurrent() {
				return false, nil
			}
		}
		return leaders == 1, nil
	})
}

// load makes the server load accounts as their first connections would: one whose
// imports lead to a thousand others takes longer than any client waits. What is
// wrong with an account, its connections tell.
func (s *system) load(ctx context.Context, accounts []*compiler.Account) error {
	loaded := make(chan struct{})
	go func() {
		defer close(loaded)
		for _, a := range accounts {
			if ctx.Err() != nil {
				return
			}
			_, _ = s.servers[0].LookupAccount(a.PublicKey)
		}
	}()
	select {
	case <-loaded:
	case <-ctx.Done(): // the server goes on with the account that it is at
	}
	return ctx.Err()
}

// mostConns is how many connections are kept from one share to the next.
const mostConns = 200

// rest ends all connections when they are many.
func (s *system) rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) <= mostConns {
		return
	}
	for _, nc := range s.conns {
		nc.Close()
	}
	clear(s.conns)
}

// raised is the server's storage: more than the accounts' limits can sum up
// to, since a sum above it turns JetStream off for the last (docs/security.md E3).
// Nothing is allocated.
const raised = 1 << 60

// close ends all connections and the servers, and removes what they wrote.
func (s *system) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, nc := range s.conns {
		nc.Close()
	}
	clear(s.conns)
	for _, one := range s.servers {
		one.Shutdown()
		one.WaitForShutdown()
	}
	os.RemoveAll(s.dir)
}

// copiers counts the consumers that other streams made to copy a stream. The
// JetStream API does not list them; the server's own monitoring does.
func (s *system) copiers(a *compiler.Account, stream string) (int, error) {
	most := 0
	for _, one := range s.servers {
		detail, err := one.JszAccount(&server.JSzOptions{
			Account: a.PublicKey, Streams: true, Consumer: true, DirectConsumer: true, Config: true,
		})
		if err != nil {
			return 0, err
		}
		for _, d := range detail.Streams {
			if d.Name != stream {
				continue
			}
			here := len(d.DirectConsumer)
			for _, c := range d.Consumer {
				// Of a work queue or an interest stream it is a durable one.
				if c.Config != nil && c.Config.Sourcing {
					here++
				}
			}
			most = max(most, here)
		}
	}
	return most, nil
}

// as is the connection of a user of the topology, or, for nil, of an
// unrestricted throw-away user of the account with the given inbox prefix ("":
// the clients' own). A connection is made once and kept.
func (s *system) as(ctx context.Context, a *compiler.Account, u *compiler.User, inbox string) (*nats.Conn, error) {
	nc, err := s.connect(a, u, inbox)
	if err == nil && u == nil && a.JetStream != nil && len(s.servers) > 1 {
		err = s.start(ctx, a, nc)
	}
	if err != nil {
		return nil, err
	}
	return nc, nil
}

// connect is as, whether JetStream is there or not.
func (s *system) connect(a *compiler.Account, u *compiler.User, inbox string) (*nats.Conn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u != nil {
		inbox = u.InboxPrefix
	}
	key := connKey{a, u, inbox}
	if nc := s.conns[key]; nc != nil {
		return nc, nil
	}
	var token, public, name string
	if u != nil {
		token, public, name = s.tokens(u), u.PublicKey, a.Name+"/"+u.Name
	} else {
		var err error
		public, name = s.ring.make(keys.User), a.Name
		if token, err = s.throwAway(a, public); err != nil {
			return nil, fmt.Errorf("sign a throw-away user of account %s: %w", a.Name, err)
		}
	}
	signer, err := s.ring.Signer(name, public)
	if err != nil {
		return nil, err
	}
	options := []nats.Option{
		nats.Name("jsc verify " + name),
		nats.InProcessServer(s.servers[0]),
		nats.UserJWT(func() (string, error) { return token, nil }, signer.Sign),
		nats.NoReconnect(),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}), // the default prints
	}
	if inbox != "" {
		options = append(options, nats.CustomInboxPrefix(inbox))
	}
	nc, err := nats.Connect("", options...)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("connect as %s: %w", name, err), s.log.err())
	}
	s.conns[key] = nc
	return nc, nil
}

// start waits until JetStream is there for an account, of which nc is a
// connection. In a cluster the leader may learn of the account only by its first
// request.
func (s *system) start(ctx context.Context, a *compiler.Account, nc *nats.Conn) error {
	s.mu.Lock()
	started := s.started[a]
	s.mu.Unlock()
	if started {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, bootTimeout)
	defer cancel()
	err := until(ctx, "JetStream does not start", func() (bool, error) {
		_, err := ask[struct{}](ctx, nc, "$JS.API.INFO", nil)
		return err == nil, err
	})
	if err != nil {
		return fmt.Errorf("account %s: %w", a.Name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started[a] = true
	return nil
}

// throwAway is the token of a user who may do all in the account. It says so,
// since a user without permissions gets the account's default ones.
func (s *system) throwAway(a *compiler.Account, public string) (string, error) {
	signer, err := s.ring.Signer(a.Name, a.PublicKey)
	if err != nil {
		return "", err
	}
	issuer, err := nkeys.FromPublicKey(a.PublicKey)
	if err != nil {
		return "", err
	}
	claims := jwt.NewUserClaims(public)
	claims.Name = "jsc-verify"
	claims.Pub.Allow.Add(">")
	claims.Sub.Allow.Add(">")
	return claims.EncodeWithSigner(issuer, func(_ string, data []byte) ([]byte, error) { return signer.Sign(data) })
}
