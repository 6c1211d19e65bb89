package emit

import (
	"fmt"
	"testing"

	"jsc/compiler"
	"jsc/emit/keys"
	"jsc/emit/lock"
)

// cached is a ring that derives each key once, as emit/keys does.
type cached struct{ signers map[string]keys.Signer }

func (c *cached) Signer(id, _ string) (keys.Signer, error) { return c.signers[id], nil }

func (c *cached) Prove(_, _ string) error { return nil }

type ready struct {
	signer
	public string
}

func (r *ready) PublicKey() string { return r.public }

// tenants is a hub that gives each of n accounts three subjects.
func tenants(b *testing.B, n int) (*compiler.Topology, *cached) {
	w := newWorld("HUB")
	for i := range n {
		name := fmt.Sprintf("T%d", i)
		w.accounts = append(w.accounts, name)
		w.users[name+"/app"] = compiler.User{Permissions: compiler.Permissions{PublishAllow: []string{"a.>"}}}
		for _, s := range []string{"deliver.", "ack.", "info."} {
			w.given = append(w.given, given{from: "HUB", to: name, kind: compiler.ServiceType, subject: s + name})
		}
	}
	t := w.topology()
	ring := &cached{signers: map[string]keys.Signer{}}
	for _, k := range declaredKeys(t) {
		ring.signers[k.ID] = &ready{fastSigner(b, w.ring.pair(k.ID)), k.PublicKey}
	}
	return t, ring
}

func BenchmarkTenants(b *testing.B) {
	const n = 1000
	topology, ring := tenants(b, n)
	first, diags := NewPlan(topology, lock.New(), start)
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	if err := first.Sign(b.Context(), ring, nil); err != nil {
		b.Fatal(err)
	}
	have := map[string]string{}
	for _, t := range first.Tokens {
		have[t.ID] = t.Text
	}
	former := func(id string) (string, bool) { s, ok := have[id]; return s, ok }
	b.Run("plan", func(b *testing.B) {
		for b.Loop() {
			if p, diags := NewPlan(topology, first.Lock, start+1); diags.HasErrors() || len(p.Changes()) > 0 {
				b.Fatal(diags, p.Changes())
			}
		}
	})
	b.Run("sign all", func(b *testing.B) {
		for b.Loop() {
			if err := first.Sign(b.Context(), ring, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("sign nothing", func(b *testing.B) {
		for b.Loop() {
			if err := first.Sign(b.Context(), ring, former); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("render", func(b *testing.B) {
		for b.Loop() {
			if _, err := Render(first, "l"); err != nil {
				b.Fatal(err)
			}
		}
	})
}
