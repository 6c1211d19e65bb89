package emit

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// The length that is known before signing is that of the text.
func TestLength(t *testing.T) {
	for _, tk := range full().build(t, lock.New(), start).Tokens {
		if len(tk.embeds) == 0 && tk.length() != len(tk.Text) {
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
