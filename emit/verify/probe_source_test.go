package verify

import (
	"testing"
	"time"

	"jsc/compiler"
)

// TestSilentCleanup: a server that does not answer any more, as a cluster without a
// leader, does not hold up the end of a probe.
func TestSilentCleanup(t *testing.T) {
	top := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
  user "mute" {
    access {}
  }
}
`)
	a := top.Accounts[0]
	_, sys := booted(t, top, Options{})
	c := &copied{
		probe:  &probe{target: &compiler.Target{To: a}, opts: &Options{Patience: 50 * time.Millisecond}},
		origin: compiler.StreamSource{Name: "S"},
	}
	var err error
	if c.keeper, err = sys.as(t.Context(), a, nil, ""); err != nil {
		t.Fatal(err)
	}
	if err := c.make(t.Context()); err != nil {
		t.Fatal(err)
	}
	// What a user may not ask is not answered.
	if c.keeper, err = sys.as(t.Context(), a, a.Users[0], ""); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for _, f := range c.cleanups {
			f()
		}
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the answer is waited for")
	}
}

// TestSourceRoom: importers may have room for streams of one storage, or of
// some replicas, only.
func TestSourceRoom(t *testing.T) {
	for _, room := range []string{`memory = "1MiB"`, `disk = "1MiB"`, "tier \"R3\" {}", "tier \"R3\" { memory = \"1MiB\" }"} {
		for _, mode := range []string{"source", "mirror"} {
			r := verifyText(t, `
operator "O" {}
server { cluster_size = 3 }
account "A" {
  jetstream {}
  stream "S" { subjects = ["s.>"] }
}
account "B" {
  jetstream {
    `+room+`
  }
}
share "x" {
  stream = account.A.stream.S
  mode   = "`+mode+`"
  to "B" {}
}
`, Options{Messages: 100, Size: 64})
			if !r.OK() {
				t.Errorf("%s, %s: not all proved:\n%s", room, mode, table(t, r))
			}
		}
	}
}
