package emit

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/jwt/v2"
	"pgregory.net/rapid"

	"jsc/compiler"
	"jsc/compiler/subject"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// history is every token that was ever handed to anybody.
type history struct {
	activations []*jwt.ActivationClaims
	users       []*jwt.UserClaims
}

func (h *history) add(t *rapid.T, p *Plan) {
	for _, tk := range p.Tokens {
		c, err := jwt.Decode(tk.Text)
		if err != nil {
			t.Fatalf("%s: %v", tk.ID, err)
		}
		switch c := c.(type) {
		case *jwt.ActivationClaims:
			h.activations = append(h.activations, c)
		case *jwt.UserClaims:
			h.users = append(h.users, c)
		}
	}
}

// accountsOf are the account claims of a plan by public key.
func accountsOf(t *rapid.T, p *Plan) map[string]*jwt.AccountClaims {
	out := map[string]*jwt.AccountClaims{}
	for _, tk := range p.Tokens {
		if tk.Kind == AccountToken {
			c, err := jwt.DecodeAccountClaims(tk.Text)
			if err != nil {
				t.Fatalf("%s: %v", tk.ID, err)
			}
			out[c.Subject] = c
		}
	}
	return out
}

// accepted says what the server says of an activation (accounts.go,
// checkActivation): some private export of its issuer takes its subject in and
// has not revoked it, and it has not expired.
func accepted(accounts map[string]*jwt.AccountClaims, a *jwt.ActivationClaims, now int64) bool {
	issuer := accounts[a.Issuer]
	if issuer == nil || a.Expires != 0 && a.Expires <= now {
		return false
	}
	for _, e := range issuer.Exports {
		if e.Type == a.ImportType && subject.Contains(string(e.Subject), string(a.ImportSubject)) && !e.IsClaimRevoked(a) {
			return true
		}
	}
	return false
}

// Random topologies, edited at random while time goes on: after each build
// those and only those who should have access do, and no time goes back.
func TestAccessIsWhatTheTopologySays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld("A", "B", "C")
		subjects := []string{"s.a", "s.b", "s.*", "s.>", "t"}
		lifetimes := []compiler.Expiry{{}, {After: days(3)}, {After: days(30), RenewBefore: days(20)}, {At: time.Unix(start, 0).Add(days(40))}}
		var (
			past history
			old  = lock.New()
			now  = int64(start)
		)
		for range rapid.IntRange(2, 7).Draw(t, "builds") {
			now += rapid.SampledFrom([]int64{0, 1, 60, 86400, 5 * 86400, 45 * 86400}).Draw(t, "wait")
			w.given, w.users = nil, map[string]compiler.User{}
			for _, to := range []string{"B", "C"} {
				for _, kind := range []compiler.Type{compiler.StreamType, compiler.ServiceType} {
					for _, s := range subjects {
						if rapid.IntRange(0, 2).Draw(t, "give") == 0 {
							w.given = append(w.given, given{"A", to, kind, s, rapid.SampledFrom(lifetimes).Draw(t, "expiry")})
						}
					}
				}
			}
			for _, name := range []string{"u", "v"} {
				if rapid.Bool().Draw(t, "user") {
					allow := rapid.SampledFrom([]string{"x", "y"}).Draw(t, "allow")
					w.users["A/"+name] = compiler.User{Permissions: compiler.Permissions{PublishAllow: []string{allow}}}
				}
			}
			if rapid.IntRange(0, 9).Draw(t, "new key") == 0 {
				w.ring.generation["account/B"]++
			}
			p, diags := NewPlan(w.topology(), old, now)
			if diags.HasErrors() {
				t.Fatal(diags)
			}
			if err := p.Sign(t.Context(), w.ring, nil); err != nil {
				t.Fatal(err)
			}
			accounts := accountsOf(t, p)
			checkActivations(t, p, accounts, &past, now)
			checkUsers(t, p, accounts, &past)
			checkTimes(t, p, old, now)
			past.add(t, p)

			again, diags := NewPlan(w.topology(), p.Lock, now)
			if diags.HasErrors() || len(again.Changes()) > 0 {
				t.Fatalf("a second build changes %v %v", again.Changes(), diags)
			}
			locked, diags := NewLockedPlan(w.topology(), p.Lock)
			if diags.HasErrors() || len(locked.Changes()) > 0 {
				t.Fatalf("a locked build changes %v %v", locked.Changes(), diags)
			}
			checkSince(t, p, locked, old)
			old = p.Lock
		}
	})
}

// checkSince: what a build did can be told afterwards.
func checkSince(t *rapid.T, p, built *Plan, old *lock.Lock) {
	built.Since(old)
	for i, tk := range p.Tokens {
		if is := built.Tokens[i]; is.State != tk.State || is.Former() != tk.Former() {
			t.Fatalf("%s was %s (%s) and is told as %s (%s)", tk.ID, tk.State, tk.Reason, is.State, is.Reason)
		}
	}
	if !slices.Equal(built.Gone, p.Gone) {
		t.Fatalf("gone are %v and told are %v", p.Gone, built.Gone)
	}
	ends := func(p *Plan) (all []Revoked) {
		for _, r := range p.Revoked {
			r.Reason = ""
			all = append(all, r)
		}
		return all
	}
	if !slices.Equal(ends(built), ends(p)) {
		t.Fatalf("revoked are %v and told are %v", p.Revoked, built.Revoked)
	}
}

// checkActivations: what is given works; of what was handed out before, no more
// than that works.
func checkActivations(t *rapid.T, p *Plan, accounts map[string]*jwt.AccountClaims, past *history, now int64) {
	current := map[string]bool{}
	for _, tk := range p.Tokens {
		if tk.Activation == nil {
			continue
		}
		c, err := jwt.DecodeActivationClaims(tk.Text)
		if err != nil {
			t.Fatal(err)
		}
		current[fmt.Sprint(c.Issuer, c.ImportType, c.ImportSubject, c.Subject)] = true
		expired := c.Expires != 0 && c.Expires <= now && tk.Activation.Expiry.After == 0
		if !accepted(accounts, c, now) && !expired {
			t.Fatalf("%s, issued at %d, is refused", tk.ID, c.IssuedAt)
		}
	}
	for _, c := range past.activations {
		if accepted(accounts, c, now) && !current[fmt.Sprint(c.Issuer, c.ImportType, c.ImportSubject, c.Subject)] {
			t.Fatalf("%s for %s, issued at %d and given no more, is accepted", c.ImportSubject, c.Subject, c.IssuedAt)
		}
	}
	for _, a := range accounts {
		for _, i := range a.Imports {
			c, err := jwt.DecodeActivationClaims(i.Token)
			if err != nil {
				t.Fatal(err)
			}
			if c.Subject != a.Subject || string(c.ImportSubject) != string(i.Subject) {
				t.Fatalf("the import %s of %s embeds a token of %s for %s", i.Subject, a.Name, c.ImportSubject, c.Subject)
			}
		}
	}
}

// checkUsers: a present user's newest token connects, and no other does.
func checkUsers(t *rapid.T, p *Plan, accounts map[string]*jwt.AccountClaims, past *history) {
	account := accounts[p.Lock.Keys["account/A"]]
	newest := map[string]*Token{}
	for _, tk := range p.Tokens {
		if tk.User != nil {
			newest[tk.User.PublicKey] = tk
			if account.Revocations.IsRevoked(tk.User.PublicKey, time.Unix(tk.IssuedAt, 0)) {
				t.Fatalf("%s is revoked", tk.ID)
			}
		}
	}
	for _, c := range past.users {
		tk := newest[c.Subject]
		same := tk != nil && slices.Equal(c.Pub.Allow, tk.Claims().(*jwt.UserClaims).Pub.Allow)
		if !same && !account.IsClaimRevoked(c) {
			t.Fatalf("a former token of %s, issued at %d, connects", c.Name, c.IssuedAt)
		}
	}
}

// checkTimes: same bytes and same time go together, and times only rise.
func checkTimes(t *rapid.T, p *Plan, old *lock.Lock, now int64) {
	for _, tk := range p.Tokens {
		was, had := old.Tokens[tk.ID]
		switch {
		case tk.State == Kept && p.Lock.Tokens[tk.ID] != was:
			t.Fatalf("%s is kept, and differs", tk.ID)
		case tk.State != Kept && had && tk.IssuedAt <= was.IssuedAt:
			t.Fatalf("%s is issued at %d, after %d", tk.ID, tk.IssuedAt, was.IssuedAt)
		case tk.State != Kept && tk.IssuedAt < now:
			t.Fatalf("%s is issued at %d, before now", tk.ID, tk.IssuedAt)
		}
	}
	for id, r := range old.Revoked {
		is, has := p.Lock.Revoked[id]
		if !has && (r.Expires == 0 || now <= r.Expires+GraceAfterExpiry) || has && is.Before < r.Before {
			t.Fatalf("the revocation %s went from %v to %v, %t", id, r, is, has)
		}
	}
}

func TestOperatorStaysOverUnrelatedEdits(t *testing.T) {
	w := example()
	one := w.build(t, lock.New(), start)
	w.accounts = append(w.accounts, "MORE")
	w.given = w.given[:2]
	clear(w.users)
	two := w.build(t, one.Lock, start+1000)
	id := lock.OperatorID("OP")
	if one.Token(id).Text != two.Token(id).Text {
		t.Error("the operator's token changed: every server would need a restart")
	}
	if two.Token(id).State != Kept {
		t.Errorf("state %s", two.Token(id).State)
	}
}

func TestRenewal(t *testing.T) {
	const day = 86400
	for _, c := range []struct {
		name   string
		expiry compiler.Expiry
		after  int64 // days
		want   State
	}{
		{"a third is left", compiler.Expiry{After: days(30)}, 20, Kept},
		{"less than a third is left", compiler.Expiry{After: days(30)}, 21, Renewed},
		{"long expired", compiler.Expiry{After: days(30)}, 300, Renewed},
		{"as much as asked is left", compiler.Expiry{After: days(30), RenewBefore: days(25)}, 5, Kept},
		{"less than asked is left", compiler.Expiry{After: days(30), RenewBefore: days(25)}, 6, Renewed},
		{"a moment is never moved", compiler.Expiry{At: time.Unix(start+10*day, 0)}, 20, Kept},
		{"never", compiler.Expiry{}, 10000, Kept},
	} {
		w := newWorld("A", "B")
		w.given = []given{{"A", "B", compiler.ServiceType, "svc", c.expiry}}
		one := w.build(t, lock.New(), start)
		id := lock.ActivationID("A", "service", "svc", "B")
		if got, want := one.Token(id).Expires, expires(c.expiry, start); got != want {
			t.Errorf("%s: expires at %d, not %d", c.name, got, want)
		}
		now := start + c.after*day
		two := w.build(t, one.Lock, now)
		tk := two.Token(id)
		if tk.State != c.want {
			t.Errorf("%s: %s (%s)", c.name, tk.State, tk.Reason)
		}
		if c.want == Renewed && (tk.IssuedAt != now || tk.Expires != expires(c.expiry, now)) {
			t.Errorf("%s: renewed from %d to %d", c.name, tk.IssuedAt, tk.Expires)
		}
		if len(two.Revoked) != 0 {
			t.Errorf("%s: revokes %v", c.name, two.Revoked)
		}
		// The importer embeds the token, the exporter does not.
		if got := two.Token("account/B").State != Kept; got != (c.want == Renewed) {
			t.Errorf("%s: account B is %s", c.name, two.Token("account/B").State)
		}
		if two.Token("account/A").State != Kept {
			t.Errorf("%s: account A is %s", c.name, two.Token("account/A").State)
		}
		locked, diags := NewLockedPlan(w.topology(), one.Lock)
		if diags.HasErrors() || len(locked.Changes()) != 0 {
			t.Errorf("%s: a locked build judges expiry: %v %v", c.name, locked.Changes(), diags)
		}
	}
}

func TestExpiryBroughtForwardRevokes(t *testing.T) {
	w := newWorld("A", "B")
	w.given = []given{{"A", "B", compiler.ServiceType, "svc", compiler.Expiry{}}}
	one := w.build(t, lock.New(), start)
	w.given[0].expiry = compiler.Expiry{After: days(30)}
	two := w.build(t, one.Lock, start+100)
	if len(two.Revoked) != 1 {
		t.Fatalf("revoked: %v", two.Revoked)
	}
	w.given[0].expiry = compiler.Expiry{After: days(60)}
	if three := w.build(t, two.Lock, start+200); len(three.Revoked) != 0 {
		t.Errorf("a longer life revokes %v", three.Revoked)
	}
}

func TestKeptTokensUnderATouchedExportAreReissued(t *testing.T) {
	w := newWorld("A", "B", "C")
	w.given = []given{
		{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.*"},
		{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc.one"},
		{from: "A", to: "B", kind: compiler.ServiceType, subject: "other"},
		{from: "A", to: "C", kind: compiler.ServiceType, subject: "svc.one"},
	}
	one := w.build(t, lock.New(), start)
	w.given = w.given[1:]
	two := w.build(t, one.Lock, start+10)
	states := map[string]State{}
	for _, tk := range two.Tokens {
		if tk.Activation != nil {
			states[tk.ID] = tk.State
		}
	}
	want := map[string]State{
		"activation/A/service/svc.one/B": Reissued,
		"activation/A/service/other/B":   Kept,
		"activation/A/service/svc.one/C": Kept,
	}
	if !maps.Equal(states, want) {
		t.Errorf("states %v, not %v", states, want)
	}
	if !slices.Equal(two.Gone, []string{"activation/A/service/svc.*/B"}) {
		t.Errorf("gone: %v", two.Gone)
	}
}

func TestRevocationLeavesADayAfterExpiry(t *testing.T) {
	w := newWorld("A", "B")
	w.given = []given{{"A", "B", compiler.ServiceType, "svc", compiler.Expiry{After: days(1)}}}
	w.public = []given{{from: "A", kind: compiler.ServiceType, subject: "svc.other"}}
	one := w.build(t, lock.New(), start)
	w.given = nil
	two := w.build(t, one.Lock, start+10)
	if len(two.Lock.Revoked) != 1 {
		t.Fatalf("revoked: %v", two.Lock.Revoked)
	}
	end := one.Token("activation/A/service/svc/B").Expires + GraceAfterExpiry
	if three := w.build(t, two.Lock, end); len(three.Lock.Revoked) != 1 {
		t.Error("the revocation left before its day was over")
	}
	if three := w.build(t, two.Lock, end+1); len(three.Lock.Revoked) != 0 {
		t.Error("the revocation stays for ever")
	}
}

func TestIssuedInTheFuture(t *testing.T) {
	w := newWorld("A")
	one := w.build(t, lock.New(), start)
	_, diags := NewPlan(w.topology(), one.Lock, start-MaxAhead)
	if diags.HasErrors() {
		t.Errorf("%d seconds ahead: %v", MaxAhead, diags)
	}
	_, diags = NewPlan(w.topology(), one.Lock, start-MaxAhead-1)
	if len(diags) != 1 || diag.Of(diags[0]).More != 2 { // the operator, SYS and A, at once
		t.Errorf("%d seconds ahead: %v", MaxAhead+1, diags)
	}
}

func TestGivenTokensThatExpired(t *testing.T) {
	for expires, refused := range map[int64]bool{0: false, start: true, start - 1: true, start + 1: false} {
		w := newWorld("A", "B")
		w.edit = func(topology *compiler.Topology) {
			a, b := topology.Accounts[0], topology.Accounts[1]
			b.Imports = []*compiler.Import{{Name: "i", From: a, Type: compiler.ServiceType, Subject: "s", Local: "s", Token: "x", Expires: expires}}
		}
		diags := ExpiredImports(w.topology(), start)
		if got := len(diags) == 1 && diag.Of(diags[0]).Rule.Name == "activation-expired"; got != refused || len(diags) > 1 {
			t.Errorf("a token that expires at %d: %v", expires, diags)
		}
		if _, diags := NewPlan(w.topology(), lock.New(), start); len(diags) != 0 {
			t.Errorf("what another party let lapse keeps one from building: %v", diags)
		}
	}
}

// The server takes an export's changed response type to an importer only with
// the importer's own token, which does not name it.
func TestAChangedResponseTypeReissuesImporters(t *testing.T) {
	for _, public := range []bool{false, true} {
		w := newWorld("A", "B", "C")
		w.given = []given{{from: "A", to: "B", kind: compiler.ServiceType, subject: "svc"}}
		response := "single"
		w.edit = func(topology *compiler.Topology) {
			g := topology.Grants[0]
			g.Terms.Response, g.Export.Terms.Response = response, response
			g.Terms.Private, g.Export.Terms.Private = !public, !public
			if public {
				topology.Activations = nil
				g.To.Imports[0].Activation = nil
			}
		}
		one := w.build(t, lock.New(), start)
		for i, response1 := range []string{"stream", "chunked", "single"} {
			response = response1
			two := w.build(t, one.Lock, start+int64(i)+1)
			for name, state := range map[string]State{"A": Changed, "B": Changed, "C": Kept} {
				if got := two.Token("account/" + name); got.State != state {
					t.Errorf("public %t, now %s: account %s is %s", public, response, name, got.State)
				}
			}
			imp := two.Token("account/B").Claims().(*jwt.AccountClaims).Imports[0]
			if got := imp.Token == ""; got != public || strings.Contains(imp.Token, " ") {
				t.Errorf("public %t: the import has the token %q", public, imp.Token)
			}
			one = two
		}
	}
}

// Of a topology without anything there is nothing to build.
func TestPlanOfNothing(t *testing.T) {
	_, diags := NewPlan(&compiler.Topology{}, lock.New(), start)
	if len(diags) != 1 || !diags.HasErrors() || diag.Of(diags[0]).Rule.Name != "no-operator" {
		t.Errorf("got %v", diags)
	}
}
