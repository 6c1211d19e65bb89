package emit

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// The length that is known before signing is that of the text.
func TestLength(t *testing.T) {
	w := full()
	w.given = append(w.given, given{from: "OTHER", to: "ACCTA", kind: compiler.ServiceType, subject: "theirs"})
	w.edit = func(topology *compiler.Topology) {
		for _, g := range topology.Grants {
			if g.Type == compiler.ServiceType {
				g.Terms.Response = "stream" // which the digest has besides
			}
		}
	}
	for _, tk := range w.build(t, lock.New(), start).Tokens {
		if tk.length() != len(tk.Text) {
			t.Errorf("%s has %d bytes, not %d", tk.ID, len(tk.Text), tk.length())
		}
	}
}

// wide is a world whose user A/u may publish to that many subjects.
func wide(subjects int, bearer bool) *world {
	w := newWorld("A")
	var u compiler.User
	for i := range subjects {
		u.Permissions.PublishAllow = append(u.Permissions.PublishAllow, fmt.Sprintf("some.subject.%04d", i))
	}
	w.users["A/u"] = u
	w.edit = func(topology *compiler.Topology) {
		for _, a := range topology.Accounts {
			for _, u := range a.Users {
				u.Limits.Bearer = bearer
			}
		}
	}
	return w
}

// A user whose token is as long as a line may be connects to a server with the
// rendered configuration; beyond that a server with the default refuses it.
func TestMaxControlLine(t *testing.T) {
	const id = "account/A/user/u"
	most := 0 // subjects with which the default still does
	for wide(most+1, false).build(t, lock.New(), start).MaxControlLine() == 0 {
		most++
	}
	for _, c := range []struct {
		subjects int
		bearer   bool
		line     int
		plain    bool // connects to a server that has the default
	}{
		{most, false, 0, true},
		{most + 1, false, 8192, true},
		{most + 30, false, 8192, false},
		{most + 30, true, 8192, false},
		{400, false, 12288, false},
	} {
		w := wide(c.subjects, c.bearer)
		p, diags := NewPlan(w.topology(), lock.New(), start)
		if got := p.MaxControlLine(); got != c.line {
			t.Errorf("%d subjects: max_control_line %d, want %d", c.subjects, got, c.line)
		}
		want := c.line != 0
		if got := len(diags) == 1 && diag.Of(diags[0]).Rule.Name == "user-token-large" && diags[0].Severity == hcl.DiagWarning; got != want || !want && len(diags) > 0 {
			t.Errorf("%d subjects: %v", c.subjects, diags)
		} else if want && !strings.Contains(diag.Of(diags[0]).Hint, fmt.Sprint(c.line)) {
			t.Errorf("%d subjects: hint %q", c.subjects, diag.Of(diags[0]).Hint)
		}
		p = w.build(t, lock.New(), start)
		list, err := Render(p, "l")
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]Artifact{}
		for _, f := range list {
			files[f.Path] = f
		}
		for _, rendered := range []bool{true, false} {
			o, err := server.ProcessConfigFile(filepath.Join(write(t, files), "server.conf"))
			if err != nil {
				t.Fatal(err)
			}
			if int(o.MaxControlLine) != c.line {
				t.Errorf("%d subjects: server.conf has max_control_line %d", c.subjects, o.MaxControlLine)
			}
			if !rendered {
				o.MaxControlLine = 0
			}
			o.Port, o.NoLog, o.NoSigs, o.StoreDir = server.RANDOM_PORT, true, true, t.TempDir()
			if err := enters(t, w, o, id, p.Token(id).Text); (err == nil) != (rendered || c.plain) {
				t.Errorf("%d subjects, bearer %v, server.conf %v: %v", c.subjects, c.bearer, rendered, err)
			}
		}
	}
}

// largest is a world whose account A has a token of at most jwt.MaxTokenSize
// bytes, and more more bytes of payload.
func largest(more int) *world {
	w := newWorld("A", "B")
	w.users["SYS/admin"], w.users["A/u"] = compiler.User{}, compiler.User{}
	for i := range 100 {
		w.given = append(w.given, given{from: "B", to: "A", kind: compiler.ServiceType, subject: fmt.Sprintf("svc.%d", i)})
	}
	padding := 1
	w.edit = func(topology *compiler.Topology) {
		for _, a := range topology.Accounts {
			if a.Name == "A" {
				a.Defaults = &compiler.Permissions{PublishAllow: []string{strings.Repeat("x", padding)}}
			}
		}
	}
	size := func() int {
		p, _ := NewPlan(w.topology(), lock.New(), start) // it says that it is too long, too
		return p.Token("account/A").length()
	}
	padding += (jwt.MaxTokenSize-size())*3/4 - 3
	for size() <= jwt.MaxTokenSize {
		padding++
	}
	padding += more - 1
	return w
}

// A server starts with an account's token as long as one may be, and takes it
// when it is pushed; with one byte more of payload it does neither, and jsc says
// so.
func TestAccountTokenLarge(t *testing.T) {
	for more, fits := range []bool{true, false} {
		w := largest(more)
		p, diags := NewPlan(w.topology(), lock.New(), start)
		if fits != (len(diags) == 0) || !fits && (diag.Of(diags[0]).Rule.Name != "account-token-large" || !diags.HasErrors()) {
			t.Errorf("%d bytes more: %v", more, diags)
		}
		if err := p.Sign(t.Context(), w.ring, nil); err != nil {
			t.Fatal(err)
		}
		list, err := Render(p, "l")
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]Artifact{}
		for _, f := range list {
			files[f.Path] = f
		}
		_, err = server.ProcessConfigFile(filepath.Join(write(t, files), "server.conf"))
		if fits != (err == nil) {
			t.Errorf("%d bytes more, in the preload: %v", more, err)
		}
		err = push(t, w, p, p.Token("account/A").Text)
		if fits != (err == nil) {
			t.Errorf("%d bytes more, pushed: %v", more, err)
		}
	}
}

// push sends an account's token to a server with a full resolver that has
// shorter tokens of the plan's accounts.
func push(t *testing.T, w *world, p *Plan, text string) error {
	t.Helper()
	operator, err := jwt.DecodeOperatorClaims(p.Token("operator/OP").Text)
	if err != nil {
		t.Fatal(err)
	}
	resolver, err := server.NewDirAccResolver(t.TempDir(), 0, time.Minute, server.NoDelete)
	if err != nil {
		t.Fatal(err)
	}
	system := p.Token("account/SYS")
	if err := resolver.Store(system.Account.PublicKey, system.Text); err != nil {
		t.Fatal(err)
	}
	s, err := server.NewServer(&server.Options{
		ServerName: "t", Host: "127.0.0.1", Port: server.RANDOM_PORT, NoLog: true, NoSigs: true,
		TrustedOperators: []*jwt.OperatorClaims{operator}, AccountResolver: resolver, SystemAccount: system.Account.PublicKey,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.WaitForShutdown()
	defer s.Shutdown()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not come up")
	}
	nc, err := connect(t, w, s, "account/SYS/user/admin", p.Token("account/SYS/user/admin").Text)
	if err != nil {
		t.Fatal(err)
	}
	m, err := nc.Request("$SYS.REQ.CLAIMS.UPDATE", []byte(text), 10*time.Second)
	if err == nil && !strings.Contains(string(m.Data), `"code":200`) {
		err = errors.New(string(m.Data))
	}
	return err
}

// No server reads a user's token that long either, whatever max_control_line says.
func TestUserTokenTooLarge(t *testing.T) {
	w := wide(40_000, false)
	_, diags := NewPlan(w.topology(), lock.New(), start)
	if len(diags) != 1 || diags[0].Severity != hcl.DiagError || !strings.HasPrefix(diag.Of(diags[0]).Hint, "Split the access") {
		t.Errorf("%v", diags)
	}
}

// enters is what comes of a user's connecting to a server with the options.
func enters(t *testing.T, w *world, o *server.Options, id, token string) error {
	t.Helper()
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.WaitForShutdown()
	defer s.Shutdown()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not come up")
	}
	nc, err := nats.Connect(s.ClientURL(), nats.Name(strings.Repeat("n", 200)), nats.UserJWT(
		func() (string, error) { return token, nil },
		func(nonce []byte) ([]byte, error) { return w.ring.pair(id).Sign(nonce) },
	))
	if err == nil {
		nc.Close()
	}
	return err
}
