package emit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"

	"jsc/compiler"
	"jsc/emit/lock"
	"jsc/schema"
	"jsc/schema/diag"
)

// connects says what the server says of a user's token (accounts.go,
// checkUserRevoked).
func connects(p *Plan, account string, tk *Token) bool {
	c := p.Token(lock.AccountID(account)).Claims().(*jwt.AccountClaims)
	return !c.Revocations.IsRevoked(tk.Claims().Claims().Subject, time.Unix(tk.IssuedAt, 0))
}

func TestUsersThatChange(t *testing.T) {
	narrow := compiler.User{Permissions: compiler.Permissions{PublishAllow: []string{"only.this"}}}
	for _, c := range []struct {
		name   string
		edit   func(*world)
		former bool // connects still
		state  State
	}{
		{"nothing", func(*world) {}, true, Kept},
		{"narrowed", func(w *world) { w.users["A/u"] = narrow }, false, Changed},
		{"narrowed, old tokens kept", func(w *world) {
			u := narrow
			u.Src = &schema.User{UserTerms: &schema.UserTerms{}, KeepOldTokens: schema.Set(true, nil)}
			w.users["A/u"] = u
		}, true, Changed},
		{"shorter life", func(w *world) { w.users["A/u"] = compiler.User{Expiry: compiler.Expiry{After: days(1)}} }, false, Changed},
		{"gone", func(w *world) { delete(w.users, "A/u") }, false, ""},
		{"new key", func(w *world) { w.ring.generation["account/A/user/u"]++ }, false, Changed},
		{"gone, old tokens kept elsewhere", func(w *world) {
			delete(w.users, "A/u")
			w.users["A/v"] = compiler.User{Src: &schema.User{UserTerms: &schema.UserTerms{}, KeepOldTokens: schema.Set(true, nil)}}
		}, false, ""},
	} {
		w := newWorld("A", "B")
		w.users["A/u"] = compiler.User{}
		w.users["A/other"] = compiler.User{}
		one := w.build(t, lock.New(), start)
		former := one.Token("account/A/user/u")
		c.edit(w)
		two := w.build(t, one.Lock, start) // in the same second
		if got := connects(two, "A", former); got != c.former {
			t.Errorf("%s: the former token connects: %t", c.name, got)
		}
		if tk := two.Token("account/A/user/u"); tk != nil {
			if tk.State != c.state {
				t.Errorf("%s: %s", c.name, tk.State)
			}
			if !connects(two, "A", tk) {
				t.Errorf("%s: the new token does not connect", c.name)
			}
		} else if c.state != "" {
			t.Errorf("%s: the user has no token", c.name)
		}
		if tk := two.Token("account/A/user/other"); tk.State != Kept || !connects(two, "A", tk) {
			t.Errorf("%s: the other user is %s", c.name, tk.State)
		}
		for id := range two.Lock.Revoked {
			if !strings.HasPrefix(id, w.ring.public("account/A")+"/") {
				t.Errorf("%s: another account revokes: %s", c.name, id)
			}
		}
	}
}

// What ends a user lasts as long as any token that it was let keep.
func TestKeptTokensStayRevoked(t *testing.T) {
	const hour, day = 60 * 60, 24 * 60 * 60
	keeps := &schema.User{UserTerms: &schema.UserTerms{}, KeepOldTokens: schema.Set(true, nil)}
	for name, former := range map[string]int{"for ever": 0, "90 days": 90} {
		w := newWorld("A")
		w.users["A/u"] = compiler.User{Expiry: compiler.Expiry{After: days(former)}}
		one := w.build(t, lock.New(), start)
		kept := one.Token("account/A/user/u")
		w.users["A/u"] = compiler.User{Src: keeps, Expiry: compiler.Expiry{After: days(30)}}
		two := w.build(t, one.Lock, start+hour)
		if c := two.Token("account/A").Claims().(*jwt.AccountClaims); len(c.Revocations) != 0 || !connects(two, "A", kept) || len(two.Revoked) != 0 {
			t.Errorf("%s: it is revoked at once: %v", name, c.Revocations)
		}
		w.users["A/u"] = compiler.User{Src: keeps, Expiry: compiler.Expiry{After: days(29)}}
		three := w.build(t, two.Lock, start+2*hour)
		delete(w.users, "A/u")
		for _, gone := range []int64{start + 3*hour, start + 40*day} {
			four := w.build(t, three.Lock, gone)
			five := w.build(t, four.Lock, start+80*day)
			if connects(four, "A", kept) || connects(five, "A", kept) {
				t.Errorf("%s: the first token connects again", name)
			}
			if six := w.build(t, five.Lock, start+100*day); (len(six.Lock.Revoked) == 0) != (former != 0) {
				t.Errorf("%s: in the end the ledger has %v", name, six.Lock.Revoked)
			}
		}
	}
}

func TestAUserThatReturnsConnects(t *testing.T) {
	w := newWorld("A")
	w.users["A/u"] = compiler.User{}
	one := w.build(t, lock.New(), start)
	delete(w.users, "A/u")
	two := w.build(t, one.Lock, start)
	w.users["A/u"] = compiler.User{}
	three := w.build(t, two.Lock, start)
	if connects(three, "A", one.Token("account/A/user/u")) {
		t.Error("the former token connects again")
	}
	if !connects(three, "A", three.Token("account/A/user/u")) {
		t.Error("the new token does not connect")
	}
}

func TestRevokeBlocks(t *testing.T) {
	w := newWorld("A")
	w.users["A/u"], w.users["A/v"] = compiler.User{}, compiler.User{}
	u := w.ring.public("account/A/user/u")
	one := w.build(t, lock.New(), start)

	// A narrowing has already left an entry for the user when the block comes.
	w.users["A/u"] = compiler.User{Permissions: compiler.Permissions{PublishAllow: []string{"x"}}}
	two := w.build(t, one.Lock, start+10)
	w.revokes = map[string][]*compiler.Revocation{"A": {{Label: "leak", User: u}}}
	three := w.build(t, two.Lock, start+20)
	if connects(three, "A", two.Token("account/A/user/u")) {
		t.Error("the block does not revoke what was issued after the narrowing")
	}
	if tk := three.Token("account/A/user/u"); tk.State != Reissued || !connects(three, "A", tk) {
		t.Errorf("the user is %s", tk.State)
	}
	if tk := three.Token("account/A/user/v"); tk.State != Kept {
		t.Errorf("the other user is %s", tk.State)
	}
	if got := three.Lock.Revoked[lock.UserRevocationID(w.ring.public("account/A"), u)]; got != (lock.Revocation{Before: start + 20}) {
		t.Errorf("the lock has %+v", got)
	}
	four := w.build(t, three.Lock, start+30)
	if changes := four.Changes(); len(changes) != 0 {
		t.Errorf("the block revokes again: %v", changes)
	}
	w.revokes = nil
	five := w.build(t, four.Lock, start+40)
	if connects(five, "A", two.Token("account/A/user/u")) {
		t.Error("the revocation goes with its block")
	}

	w.revokes = map[string][]*compiler.Revocation{"A": {{Label: "all", User: "*"}}}
	six := w.build(t, five.Lock, start+50)
	for _, name := range []string{"u", "v"} {
		id := "account/A/user/" + name
		if connectsAll(six, five.Token(id)) || !connectsAll(six, six.Token(id)) {
			t.Errorf("%s: all were revoked, and the token of before connects: %t, the new one %t",
				name, connectsAll(six, five.Token(id)), connectsAll(six, six.Token(id)))
		}
	}

	// A clock that was ahead has issued what the block is to end.
	w.revokes = map[string][]*compiler.Revocation{"A": {{Label: "later", User: u}}}
	behind := w.build(t, six.Lock, six.Token("account/A/user/u").IssuedAt-20)
	if connectsAll(behind, six.Token("account/A/user/u")) || !connectsAll(behind, behind.Token("account/A/user/u")) {
		t.Error("the block does not revoke what was issued later than it")
	}

	w.revokes = map[string][]*compiler.Revocation{"A": {
		{Label: "at", User: u, Before: time.Unix(start+100, 0)},
		{Label: "also", User: w.ring.public("account/A/user/v"), Before: time.Unix(start+200, 0)},
	}}
	seven := w.build(t, six.Lock, start+60)
	for id, at := range map[string]int64{"account/A/user/u": start + 101, "account/A/user/v": start + 201} {
		if tk := seven.Token(id); tk.IssuedAt != at || !connectsAll(seven, tk) || connectsAll(seven, six.Token(id)) {
			t.Errorf("%s is issued at %d", id, tk.IssuedAt)
		}
	}
	if len(seven.Lock.Revoked) != len(six.Lock.Revoked) {
		t.Error("a time that is written stands in the lock too")
	}
}

func connectsAll(p *Plan, tk *Token) bool {
	c := p.Token("account/A").Claims().(*jwt.AccountClaims)
	uc := *tk.Claims().(*jwt.UserClaims)
	return !c.IsClaimRevoked(&uc)
}

func TestRevocationsAreWrittenIntoLaterExports(t *testing.T) {
	w := newWorld("A", "B")
	w.given = []given{{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.one"}}
	one := w.build(t, lock.New(), start)
	w.given = nil
	two := w.build(t, one.Lock, start+10)
	// The export went with its share. A wider one comes, years later.
	w.public = []given{{from: "A", kind: compiler.ServiceType, subject: "svc.>"}, {from: "A", kind: compiler.StreamType, subject: "svc.>"}}
	three := w.build(t, two.Lock, start+1e8)
	b := w.ring.public("account/B")
	for _, e := range three.Token("account/A").Claims().(*jwt.AccountClaims).Exports {
		if got, want := e.Revocations[b] != 0, e.Type == jwt.Service; got != want {
			t.Errorf("the %s export %s revokes: %t", e.Type, e.Subject, got)
		}
	}
}

func TestRetiredKeysNeverReturn(t *testing.T) {
	w := newWorld("A")
	label, generation := "one", 0
	w.edit = func(topology *compiler.Topology) {
		if label == "" {
			return
		}
		for _, a := range topology.Accounts {
			if a.Name == "A" {
				id := lock.SigningKeyID("A", label)
				w.ring.generation[id] = generation
				a.SigningKeys = []*compiler.SigningKey{{Label: label, PublicKey: w.ring.public(id)}}
			}
		}
	}
	id := lock.SigningKeyID("A", "one")
	one := w.build(t, lock.New(), start)
	first := one.Lock.Keys[id]
	label = ""
	two := w.build(t, one.Lock, start+10)
	if !slices.Equal(two.Lock.Retired[id], []string{first}) || two.Lock.Keys[id] != "" {
		t.Fatalf("retired %v, pinned %q", two.Lock.Retired, two.Lock.Keys[id])
	}
	label = "one"
	_, diags := NewPlan(w.topology(), two.Lock, start+20)
	if !diags.HasErrors() {
		t.Fatal("the retired key is back")
	}
	if hint := diag.Of(diags[0]).Hint; !strings.Contains(hint, "jsc keys rotate "+id) {
		t.Errorf("the way out is said to be: %s", hint)
	}
	generation = 1
	three := w.build(t, two.Lock, start+30)
	generation = 2
	four := w.build(t, three.Lock, start+40)
	want := []string{first, three.Lock.Keys[id]}
	slices.Sort(want)
	if !slices.Equal(four.Lock.Retired[id], want) {
		t.Errorf("retired %v, not %v", four.Lock.Retired[id], want)
	}
	if _, diags := lock.Parse("x.lock.json", four.Lock.Encode()); diags.HasErrors() {
		t.Error(diags)
	}
}

// Entities that go leave the lock's keys, and come with the keys of externals.
func TestPins(t *testing.T) {
	w := example()
	one := w.build(t, lock.New(), start)
	if one.Lock.Keys["account/OTHER"] != w.ring.public("account/OTHER") {
		t.Error("the external account is not pinned")
	}
	w.external, w.given = nil, w.given[:2]
	two := w.build(t, one.Lock, start+1)
	if _, pinned := two.Lock.Keys["account/OTHER"]; pinned {
		t.Error("an account that is gone is pinned")
	}
	if _, diags := lock.Parse("x.lock.json", two.Lock.Encode()); diags.HasErrors() {
		t.Error(diags)
	}
}

func TestANewOperatorKeySignsFromTheNextBuildOn(t *testing.T) {
	w := newWorld("A", "B")
	w.users["A/u"] = compiler.User{}
	var labels []string
	strict := false
	w.edit = func(topology *compiler.Topology) {
		o := topology.Operator
		o.Strict = strict
		for _, l := range labels {
			o.SigningKeys = append(o.SigningKeys, &compiler.SigningKey{Label: l, PublicKey: w.ring.public(lock.OperatorSigningKeyID("OP", l))})
		}
		for _, a := range topology.Accounts {
			if len(labels) > 0 {
				a.SignedBy = o.SigningKeys[0]
			}
		}
	}
	issuers := func(p *Plan) []string {
		var out []string
		for _, tk := range p.Tokens {
			if tk.Kind == AccountToken && !slices.Contains(out, tk.Issuer.ID) {
				out = append(out, tk.Issuer.ID)
			}
		}
		return out
	}
	expect := func(step string, p *Plan, issuer string, waiting ...string) {
		t.Helper()
		if got := issuers(p); !slices.Equal(got, []string{issuer}) {
			t.Errorf("%s: accounts are signed by %v, not %s", step, got, issuer)
		}
		if !slices.Equal(p.Waiting, waiting) {
			t.Errorf("%s: waiting %v", step, p.Waiting)
		}
	}
	const identity, one, two = "operator/OP", "operator/OP/signing/one", "operator/OP/signing/two"
	p := w.build(t, lock.New(), start)
	expect("at first", p, identity)
	labels = []string{"one"}
	delete(w.users, "A/u") // A changes too, SYS and B do not
	p = w.build(t, p.Lock, start+10)
	expect("introduced", p, identity, one)
	p = w.build(t, p.Lock, start+20)
	expect("known", p, one)
	labels = []string{"two", "one"}
	strict = true
	p = w.build(t, p.Lock, start+30)
	expect("a second one", p, one, two)
	p = w.build(t, p.Lock, start+40)
	expect("the second known", p, two)
	labels = []string{"two"}
	p = w.build(t, p.Lock, start+50)
	expect("the first retired", p, two)

	fresh := w.build(t, lock.New(), start)
	expect("from the start", fresh, two)

	labels, strict = nil, false
	p = w.build(t, lock.New(), start)
	labels, strict = []string{"one"}, true // from where on the identity key may sign nothing
	expect("strict with the first one", w.build(t, p.Lock, start+10), one)
}

// Where an operator's signing key is rotated, or goes, another one signs that the
// former token names, though it has signed nothing yet. The new one signs nothing.
func TestAKnownOperatorKeySignsInPlaceOfARotatedOne(t *testing.T) {
	for _, strict := range []bool{false, true} {
		w := newWorld("A", "B")
		labels := []string{"a", "b", "c"}
		w.edit = func(topology *compiler.Topology) {
			o := topology.Operator
			o.Strict = strict
			for _, l := range labels {
				o.SigningKeys = append(o.SigningKeys, &compiler.SigningKey{Label: l, PublicKey: w.ring.public(lock.OperatorSigningKeyID("OP", l))})
			}
			for _, a := range topology.Accounts {
				a.SignedBy = o.SigningKeys[0]
			}
		}
		rotate := func(p *Plan, label string) *lock.Lock {
			id := lock.OperatorSigningKeyID("OP", label)
			rotated := p.Lock.Clone()
			rotated.Retire(id, rotated.Keys[id])
			w.ring.generation[id]++
			rotated.Keys[id] = w.ring.public(id)
			return rotated
		}
		expect := func(step string, was, p *Plan, issuer string, waiting ...string) {
			t.Helper()
			named := was.Token("operator/OP").Claims().(*jwt.OperatorClaims)
			for _, tk := range p.Tokens {
				if tk.Kind != AccountToken {
					continue
				}
				if tk.Issuer.ID != issuer {
					t.Errorf("strict %v, %s: %s is signed by %s", strict, step, tk.ID, tk.Issuer.ID)
				}
				if !slices.Contains(named.SigningKeys, tk.Issuer.PublicKey) {
					t.Errorf("strict %v, %s: running servers do not know the key that signs %s", strict, step, tk.ID)
				}
			}
			if !slices.Equal(p.Waiting, waiting) {
				t.Errorf("strict %v, %s: waiting %v", strict, step, p.Waiting)
			}
			if locked, diags := NewLockedPlan(w.topology(), p.Lock); diags.HasErrors() || len(locked.Changes()) > 0 {
				t.Errorf("strict %v, %s: a locked build would change the lock: %v %v", strict, step, locked.Changes(), diags)
			}
		}
		const a, b, c = "operator/OP/signing/a", "operator/OP/signing/b", "operator/OP/signing/c"
		first := w.build(t, lock.New(), start)
		expect("at first", first, first, a)
		second := w.build(t, rotate(first, "a"), start+10)
		expect("the first rotated", first, second, b, a)
		third := w.build(t, second.Lock, start+20)
		expect("the new one known", second, third, a)
		both := w.build(t, rotate(&Plan{Lock: rotate(third, "a")}, "b"), start+30)
		expect("both rotated", third, both, c, a)
		again := w.build(t, both.Lock, start+40)
		expect("both known", both, again, a)
		labels = []string{"b", "c"}
		gone := w.build(t, again.Lock, start+50)
		expect("the first gone", again, gone, b)
	}
}

// Only signing keys retire: an account may be called signing.
func TestUsersKeysDoNotRetire(t *testing.T) {
	w := newWorld("signing")
	w.users["signing/u"] = compiler.User{}
	one := w.build(t, lock.New(), start)
	delete(w.users, "signing/u")
	if two := w.build(t, one.Lock, start+1); len(two.Lock.Retired) != 0 {
		t.Errorf("retired: %v", two.Lock.Retired)
	}
}

// TestARevocationReachesTheLatestIssue: where a clock went back, what is revoked may
// have been issued as late as anything that its account gave to the same one.
func TestARevocationReachesTheLatestIssue(t *testing.T) {
	w := newWorld("A", "B", "C")
	one := given{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.one"}
	w.given = []given{one}
	old := w.build(t, lock.New(), start).Lock
	w.given = append(w.given, given{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.two"})
	old = w.build(t, old, start+100).Lock
	w.given = append(w.given, given{from: "A", to: "C", kind: compiler.ServiceType, subject: "svc.two"}, given{from: "C", to: "B", kind: compiler.ServiceType, subject: "svc.two"})
	old = w.build(t, old, start+200).Lock
	w.given = w.given[1:]
	two := w.build(t, old, start+50)
	id := lock.RevocationID(w.ring.public("account/A"), "service", "svc.one", w.ring.public("account/B"))
	if got := two.Lock.Revoked[id].Before; got != start+100 {
		t.Errorf("it ends what was issued until %d, not %d", got-start, 100)
	}
}

// TestTokensOfAForgottenAccountEnd: a merge by hand left a lock with tokens of an
// account that only its other name has the key of.
func TestTokensOfAForgottenAccountEnd(t *testing.T) {
	w := newWorld("A", "B")
	w.external = []string{"X"}
	w.users["A/u"], w.users["A/v"] = compiler.User{}, compiler.User{}
	w.given = []given{
		{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.one"},
		{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.two"},
	}
	one := w.build(t, lock.New(), start)
	old := one.Lock.Clone()
	// u and svc.one are under the new name, and stand under the former one too.
	old.Tokens["account/OLD/user/u"] = old.Tokens["account/A/user/u"]
	old.Tokens["activation/OLD/service/svc.one/B"] = old.Tokens["activation/A/service/svc.one/B"]
	for is, was := range map[string]string{"account/A/user/v": "account/OLD/user/v", "activation/A/service/svc.two/B": "activation/OLD/service/svc.two/B"} {
		old.Tokens[was] = old.Tokens[is]
		delete(old.Tokens, is)
	}
	delete(old.Keys, "account/A/user/v")
	delete(w.users, "A/v")
	w.given = w.given[:1]
	two := w.build(t, old, start+10)
	if connects(two, "A", one.Token("account/A/user/v")) {
		t.Error("the user that was forgotten connects")
	}
	if tk := two.Token("account/A/user/u"); tk.State != Kept || !connects(two, "A", tk) {
		t.Errorf("the user that stays is %s", tk.State)
	}
	if tk := two.Token("activation/A/service/svc.one/B"); tk.State != Kept {
		t.Errorf("the activation that stays is %s", tk.State)
	}
	a, b, x := w.ring.public("account/A"), w.ring.public("account/B"), w.ring.public("account/X")
	if got := two.Lock.Revoked[lock.RevocationID(a, "service", "svc.two", b)]; got.Before < start+10 {
		t.Errorf("the activation that was forgotten: %+v", got)
	}
	if id := lock.UserRevocationID(x, w.ring.public("account/A/user/v")); two.Lock.Revoked[id] != (lock.Revocation{}) {
		t.Error("an account that is not signed here revokes")
	}
	if changes := w.build(t, two.Lock, start+20).Changes(); len(changes) != 0 {
		t.Errorf("it revokes again: %v", changes)
	}
}

// TestAKeyThatAnotherHasIsNotRetired: it would retire what is in use.
func TestAKeyThatAnotherHasIsNotRetired(t *testing.T) {
	w := newWorld("A")
	now, was := lock.SigningKeyID("A", "now"), lock.SigningKeyID("A", "was")
	w.edit = func(topology *compiler.Topology) {
		for _, a := range topology.Accounts {
			if a.Name == "A" {
				a.SigningKeys = []*compiler.SigningKey{{Label: "now", PublicKey: w.ring.public(was)}}
			}
		}
	}
	old := lock.New()
	old.Keys[lock.AccountID("A")], old.Keys[was] = w.ring.public("account/A"), w.ring.public(was)
	p, diags := NewPlan(w.topology(), old, start)
	if diags.HasErrors() || len(p.Lock.Retired) > 0 || p.Lock.Keys[now] != w.ring.public(was) {
		t.Errorf("%v; retired: %v", diags, p.Lock.Retired)
	}
}
