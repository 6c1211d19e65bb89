package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/nats-io/nkeys"

	"jsc/emit"
	"jsc/emit/folder"
	"jsc/emit/lock"
)

// TestACacheChangesNothing edits a topology and tampers with what was built of it,
// at random, and builds it with a cache and, in a copy, without one: the output
// folder, the lock, credentials and what is said are the same. JSC_ROUNDS is how
// often.
func TestACacheChangesNothing(t *testing.T) {
	rounds := 12
	if s := os.Getenv("JSC_ROUNDS"); s != "" {
		var err error
		if rounds, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	seed := uint64(7)
	if s := os.Getenv("JSC_SEED"); s != "" {
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	partner, err := nkeys.CreateAccount()
	if err != nil {
		t.Fatal(err)
	}
	public, err := partner.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	c := &crowd{
		t: t, random: rand.New(rand.NewPCG(seed, 0)), partner: public, tenants: map[string]tenant{}, now: 1_790_000_000,
		cached: filepath.Join(inMemory(t), "tree"), plain: filepath.Join(inMemory(t), "tree"), aside: inMemory(t),
	}
	for i := range 60 {
		c.tenants[fmt.Sprintf("t%02d", i)] = c.newTenant()
	}
	c.must(os.MkdirAll(c.cached, 0o755))
	for round := range rounds {
		for range c.random.IntN(4) {
			c.edit()
		}
		c.save()
		if round > 0 {
			for range c.random.IntN(4) {
				c.tamper()
			}
		}
		if code, said := c.jsc(c.cached, "keys", "generate", "DIR/topology.hcl"); code != exitDone {
			t.Logf("round %d: keys generate: %s", round, said)
		}
		c.now += c.random.Int64N(20 * 24 * 3600)
		c.build(round)
	}
	t.Logf("%d builds were done, %d not, %d files were known", c.done, c.left, c.known)
	if c.known < 50*rounds || c.done < rounds/2 {
		t.Error("too few to mean anything")
	}
}

// TestAnEditBetweenReadingAndSigning edits a token in the output folder after it
// was found to be as the last build left it: it gets nowhere.
func TestAnEditBetweenReadingAndSigning(t *testing.T) {
	c := &crowd{t: t, cached: t.TempDir(), tenants: map[string]tenant{}, random: rand.New(rand.NewPCG(1, 1))}
	for i := range 60 {
		c.tenants[fmt.Sprintf("t%02d", i)] = tenant{"one", "30d", "no", "single"}
	}
	partner, err := nkeys.CreateAccount()
	c.must(err)
	c.partner, err = partner.PublicKey()
	c.must(err)
	c.save()
	const now = 1_790_000_000
	for range 3 { // the second is to remember what the first wrote
		if code, said := c.jsc(c.cached, "build", "DIR/topology.hcl", "--generate-keys", "--now", fmt.Sprint(now)); code != exitDone {
			t.Fatal(said)
		}
	}
	c.tenants["t00"] = tenant{"two", "30d", "no", "single"}
	c.save()
	pr, err := (&place{maxTime: "60s", maxMemory: "2GiB", maxEntities: 10_000}).open(filepath.Join(c.cached, "topology.hcl"))
	c.must(err)
	var out bytes.Buffer
	term := &terminal{stdin: strings.NewReader(""), stdout: &out, stderr: &out, lookup: os.LookupEnv, color: "never"}
	compiled, err := term.look(t.Context(), pr)
	c.must(err)
	ring, err := (&keyFlags{}).open(t.Context(), term, pr, compiled.lock)
	c.must(err)
	defer ring.Close()
	plan, diags := emit.NewPlan(compiled.topology, compiled.lock, now)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	plan.NoSecrets = true
	state, err := folder.Open(t.Context(), pr.state, nil)
	c.must(err)
	defer state.Close()
	edit := func(path string) {
		name := filepath.Join(pr.out, path)
		data, err := os.ReadFile(name)
		c.must(err)
		data[len(data)-6] ^= 1
		c.must(os.WriteFile(name, data, 0o644))
	}
	edit("resolver.conf") // else tokens are taken from there
	layout, err := emit.NewLayout(plan, filepath.Base(pr.lock))
	c.must(err)
	o, err := newOutput(state, layout)
	c.must(err)
	edited := plan.Token(lock.AccountID("t01"))
	if !o.kept(edited) {
		t.Fatal("the token of t01 is not taken from the folder")
	}
	edit(edited.Path())
	err = plan.SignOnly(t.Context(), ring, emit.Former(plan, o.read), o.tokens(), o.kept)
	if err == nil || !strings.Contains(err.Error(), "read the token of account/t01 from accounts/t01.jwt: it is not there any more; run the command again") {
		t.Fatalf("signing ends with %v, and the token is %q", err, edited.Text)
	}
	state.Close()
	if code, said := c.jsc(c.cached, "build", "DIR/topology.hcl", "--now", fmt.Sprint(now)); code != exitDone {
		t.Fatal(said)
	}
	if code, said := c.jsc(c.cached, "check", "DIR/topology.hcl", "--now", fmt.Sprint(now)); code != exitDone {
		t.Error(said)
	}
}
