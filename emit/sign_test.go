package emit

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

func plan(t *testing.T, w *world, old *lock.Lock, now int64) *Plan {
	t.Helper()
	p, diags := NewPlan(w.topology(), old, now)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

func texts(p *Plan) map[string]string {
	m := map[string]string{}
	for _, tk := range p.Tokens {
		m[tk.ID] = tk.Text
	}
	return m
}

func TestNoSignerIsAskedForWhatIsThere(t *testing.T) {
	w := example()
	one := w.build(t, lock.New(), start)
	have := texts(one)
	w.ring.asked = nil
	two := plan(t, w, one.Lock, start+100)
	if err := two.Sign(t.Context(), w.ring, func(id string) (string, bool) { s, ok := have[id]; return s, ok }); err != nil {
		t.Fatal(err)
	}
	if len(w.ring.asked) != 0 {
		t.Errorf("asked for %v", w.ring.asked)
	}
	for id, text := range texts(two) {
		if text != have[id] {
			t.Errorf("%s differs", id)
		}
	}
}

func TestOnlyTheTrueFormerTextIsReused(t *testing.T) {
	w := example()
	one := w.build(t, lock.New(), start)
	have := texts(one)
	id := lock.UserID("ACCTA", "app")
	good := have[id]
	body, sig := good[:strings.LastIndexByte(good, '.')], good[strings.LastIndexByte(good, '.')+1:]
	other := have[lock.AccountID("ACCTA")]
	for name, bad := range map[string]string{
		"another token":        other,
		"another's signature":  body + other[strings.LastIndexByte(other, '.'):],
		"no signature":         body,
		"an empty signature":   body + ".",
		"white space":          good + "\n",
		"sloppy base64":        body + "." + sig[:len(sig)-1] + string("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", sig[len(sig)-1])|1]),
		"a changed body":       "x" + good[1:],
		"nothing":              "",
		"a token with padding": good + "==",
	} {
		p := plan(t, w, one.Lock, start)
		w.ring.asked = nil
		err := p.Sign(t.Context(), w.ring, func(asked string) (string, bool) {
			if asked == id {
				return bad, true
			}
			return have[asked], true
		})
		if err != nil {
			t.Fatal(err)
		}
		if p.Token(id).Text != good {
			t.Errorf("%s is taken for the token", name)
		}
		if !slices.Equal(w.ring.asked, []string{"account/ACCTA"}) {
			t.Errorf("%s: asked for %v", name, w.ring.asked)
		}
	}
}

func TestAllMissingKeysAreNamed(t *testing.T) {
	w := example()
	p := plan(t, w, lock.New(), start)
	w.ring.absent["account/ACCTA"], w.ring.absent["account/ACCTB"] = true, true
	err := p.Sign(t.Context(), w.ring, nil)
	for _, id := range []string{"account/ACCTA", "account/ACCTB"} {
		if err == nil || !strings.Contains(err.Error(), id) || !strings.Contains(err.Error(), w.ring.public(id)) {
			t.Errorf("the error does not name %s and its key: %v", id, err)
		}
	}
}

// other is a ring whose signer is another's.
type other struct{ ring *ring }

func (o *other) Signer(id, _ string) (keys.Signer, error) {
	return &pair{o.ring.pair("account/other")}, nil
}

func (o *other) Prove(_, _ string) error { return nil }

func TestAnotherKeysSignerIsRefused(t *testing.T) {
	w := newWorld("A")
	w.users["A/u"] = compiler.User{}
	p := plan(t, w, lock.New(), start)
	err := p.Sign(t.Context(), &other{w.ring}, nil)
	var diags hcl.Diagnostics
	if !errors.As(err, &diags) || diag.Of(diags[0]).Rule.Name != "key-mismatch" {
		t.Fatalf("error %v", err)
	}
	for _, public := range []string{w.ring.public("account/other"), w.ring.public("operator/OP")} {
		if !strings.Contains(diags.Error(), public) {
			t.Errorf("%s is not named in %v", public, diags)
		}
	}
}

func TestStandInsAreNeverWritten(t *testing.T) {
	w := newWorld("A")
	w.edit = func(t *compiler.Topology) {
		for _, a := range t.Accounts {
			if a.Name == "A" {
				a.PublicKey = schema.StandIn("account/A")
			}
		}
	}
	p := plan(t, w, lock.New(), start)
	if !slices.Equal(p.Unpinned, []string{"account/A"}) {
		t.Fatalf("unpinned: %v", p.Unpinned)
	}
	said := 0
	for _, c := range p.Changes() {
		if c.ID == "account/A" {
			said++
		}
	}
	if said != 1 {
		t.Errorf("the change of account/A is told %d times: %v", said, p.Changes())
	}
	if _, pinned := p.Lock.Keys["account/A"]; pinned {
		t.Error("the lock pins the stand-in")
	}
	err := p.Sign(t.Context(), w.ring, nil)
	var diags hcl.Diagnostics
	if !errors.As(err, &diags) || diag.Of(diags[0]).Rule.Name != "key-missing" {
		t.Errorf("error %v", err)
	}
	if _, err := Render(p, "l"); err == nil {
		t.Error("it is rendered")
	}
}

func TestALockedPlanThatChangesIsNotSigned(t *testing.T) {
	w := example()
	one := w.build(t, lock.New(), start)
	w.given = w.given[1:]
	p, diags := NewLockedPlan(w.topology(), one.Lock)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	want := []string{
		"account/ACCTA", "account/ACCTB", "activation/ACCTA/stream/deliver.orders/ACCTB",
		lock.RevocationID(w.ring.public("account/ACCTA"), "stream", "deliver.orders", w.ring.public("account/ACCTB")),
	}
	var got []string
	for _, c := range p.Changes() {
		got = append(got, c.ID)
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("changes %v, not %v", got, want)
	}
	if err := p.Sign(t.Context(), w.ring, nil); err == nil {
		t.Error("it is signed")
	}
}

func TestSigningCanBeStopped(t *testing.T) {
	w := example()
	p := plan(t, w, lock.New(), start)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Sign(ctx, w.ring, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// The order in which things stand, and how many cores there are, change no byte.
func TestBytesDependOnNothingElse(t *testing.T) {
	want := map[string]string{}
	for _, procs := range []int{1, 2, 7} {
		for seed := range uint64(5) {
			w := full()
			edit := w.edit
			w.edit = func(t *compiler.Topology) {
				edit(t)
				r := rand.New(rand.NewPCG(seed, 0))
				r.Shuffle(len(t.Grants), func(i, j int) { t.Grants[i], t.Grants[j] = t.Grants[j], t.Grants[i] })
				r.Shuffle(len(t.Activations), func(i, j int) { t.Activations[i], t.Activations[j] = t.Activations[j], t.Activations[i] })
				r.Shuffle(len(t.Accounts), func(i, j int) { t.Accounts[i], t.Accounts[j] = t.Accounts[j], t.Accounts[i] })
				for _, a := range t.Accounts {
					r.Shuffle(len(a.Exports), func(i, j int) { a.Exports[i], a.Exports[j] = a.Exports[j], a.Exports[i] })
					r.Shuffle(len(a.Imports), func(i, j int) { a.Imports[i], a.Imports[j] = a.Imports[j], a.Imports[i] })
				}
			}
			before := runtime.GOMAXPROCS(procs)
			files := render(t, w)
			runtime.GOMAXPROCS(before)
			for path, f := range files {
				if was, had := want[path]; had && was != string(f.Data) {
					t.Errorf("%s differs with %d cores and seed %d", path, procs, seed)
				}
				want[path] = string(f.Data)
			}
		}
	}
}

func TestSecretsAreOnlySignedForCredentials(t *testing.T) {
	w := newWorld("A")
	w.users["A/bearer"] = compiler.User{}
	w.edit = func(t *compiler.Topology) {
		for _, a := range t.Accounts {
			for _, u := range a.Users {
				u.Limits.Bearer = true
			}
		}
	}
	one := w.build(t, lock.New(), start)
	have := texts(one)
	delete(have, "account/A/user/bearer") // no file holds it
	former := func(id string) (string, bool) { s, ok := have[id]; return s, ok }
	for _, without := range []bool{true, false} {
		w.ring.asked = nil
		p := plan(t, w, one.Lock, start)
		p.NoSecrets = without
		if err := p.Sign(t.Context(), w.ring, former); err != nil {
			t.Fatal(err)
		}
		if got := p.Token("account/A/user/bearer").Text == ""; got != without {
			t.Errorf("without secrets %t: the bearer's token is left out: %t", without, got)
		}
		if got := len(w.ring.asked) == 0; got != without {
			t.Errorf("without secrets %t: asked for %v", without, w.ring.asked)
		}
		if _, err := Render(p, "l"); err != nil {
			t.Error(err)
		}
	}
}
