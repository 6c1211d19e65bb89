package emit

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"jsc/compiler"
	"jsc/emit/lock"
)

// boot starts a server on a plan's accounts, of which given ones are replaced.
func boot(t *testing.T, w *world, p *Plan, replaced map[string]string) *server.Server {
	t.Helper()
	operator, err := jwt.DecodeOperatorClaims(p.Token("operator/OP").Text)
	if err != nil {
		t.Fatal(err)
	}
	resolver := &server.MemAccResolver{}
	for _, tk := range p.Tokens {
		if tk.Kind == AccountToken {
			text := tk.Text
			if r := replaced[tk.ID]; r != "" {
				text = r
			}
			if err := resolver.Store(tk.Account.PublicKey, text); err != nil {
				t.Fatal(err)
			}
		}
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "t", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		TrustedOperators: []*jwt.OperatorClaims{operator}, AccountResolver: resolver, SystemAccount: w.ring.public("account/SYS"),
	})
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

// connect is a client in a user's name, with the token given.
func connect(t *testing.T, w *world, s *server.Server, id, token string) (*nats.Conn, error) {
	t.Helper()
	nc, err := nats.Connect(s.ClientURL(), nats.UserJWT(
		func() (string, error) { return token, nil },
		func(nonce []byte) ([]byte, error) { return w.ring.pair(id).Sign(nonce) },
	))
	if err == nil {
		t.Cleanup(nc.Close)
	}
	return nc, err
}

// What B was handed once, it puts into its own account token again. Its grantor
// has taken one of two subjects back, and still exports both to others.
func TestServerRefusesWhatWasTakenBack(t *testing.T) {
	w := newWorld("A", "B", "C")
	one, two := given{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.one"}, given{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.two"}
	w.given = []given{one, two, {from: "A", to: "C", kind: compiler.ServiceType, subject: "svc.*"}}
	w.users["A/app"], w.users["B/app"], w.users["B/fired"] = compiler.User{}, compiler.User{}, compiler.User{}
	before := w.build(t, lock.New(), start)
	w.given = w.given[1:]
	delete(w.users, "B/fired")
	after := w.build(t, before.Lock, start+10)

	hoarded := *after.Token("account/B").Claims().(*jwt.AccountClaims)
	hoarded.Imports = nil
	for _, i := range before.Token("account/B").Claims().(*jwt.AccountClaims).Imports {
		hoarded.Imports.Add(i)
	}
	text, err := hoarded.Encode(w.ring.pair("operator/OP"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		plan     *Plan
		replaced map[string]string
		subject  string
		answered bool
	}{
		{"given", before, nil, "from.A.svc.one", true},
		{"taken back", after, nil, "from.A.svc.one", false},
		{"kept", after, nil, "from.A.svc.two", true},
		{"taken back, the former token", after, map[string]string{"account/B": text}, "from.A.svc.one", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := boot(t, w, c.plan, c.replaced)
			owner, err := connect(t, w, s, "account/A/user/app", c.plan.Token("account/A/user/app").Text)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := owner.Subscribe("svc.>", func(m *nats.Msg) { _ = m.Respond([]byte("yes")) }); err != nil {
				t.Fatal(err)
			}
			if err := owner.Flush(); err != nil {
				t.Fatal(err)
			}
			importer, err := connect(t, w, s, "account/B/user/app", c.plan.Token("account/B/user/app").Text)
			if err != nil {
				t.Fatal(err)
			}
			_, err = importer.Request(c.subject, nil, 10*time.Second)
			if c.answered && err != nil || !c.answered && !errors.Is(err, nats.ErrNoResponders) {
				t.Errorf("the request ends with %v", err)
			}
			_, err = connect(t, w, s, "account/B/user/fired", before.Token("account/B/user/fired").Text)
			if fired := c.plan == after; fired != errors.Is(err, nats.ErrAuthorization) {
				t.Errorf("the user that went connects with %v", err)
			}
		})
	}
}
