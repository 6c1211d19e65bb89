package emit

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/emit/keys"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// forgery is a tree that somebody may have edited: lock and output folder as a
// build left them, to be built again where only the account's and the operator's
// seeds are at hand.
type forgery struct {
	w      *world
	lock   *lock.Lock
	texts  map[string]string // the output folder's tokens by ID
	edits  []func(*compiler.Topology)
	absent []string // further IDs of keys whose seeds are elsewhere

	elsewhere []string // likewise, public keys that no topology has any more
}

// newForgery is an honest tree: an account A whose user u has a plain signing key's
// token, and a user r that of a role, and an account B.
func newForgery(t *testing.T) *forgery {
	w := newWorld("A", "B")
	w.users["A/u"], w.users["A/r"], w.users["B/b"] = compiler.User{}, compiler.User{}, compiler.User{}
	f := &forgery{w: w}
	w.edit = func(topology *compiler.Topology) {
		main, reader := f.signingKey("main", nil), f.signingKey("reader", &compiler.Role{Limits: freeUser()})
		a := account(topology, "A")
		a.SigningKeys = []*compiler.SigningKey{main, reader}
		for _, u := range a.Users {
			u.SignedBy = main
			if u.Name == "r" {
				u.SignedBy, u.Scoped = reader, true
			}
		}
		for _, edit := range f.edits {
			edit(topology)
		}
	}
	p := w.build(t, lock.New(), start)
	f.lock, f.texts = p.Lock, texts(p)
	return f
}

func account(topology *compiler.Topology, name string) *compiler.Account {
	i := slices.IndexFunc(topology.Accounts, func(a *compiler.Account) bool { return a.Name == name })
	return topology.Accounts[i]
}

func (f *forgery) signingKey(label string, role *compiler.Role) *compiler.SigningKey {
	return &compiler.SigningKey{Label: label, PublicKey: f.w.ring.public(lock.SigningKeyID("A", label)), Role: role}
}

// change has the next build sign A's token and its users'.
func (f *forgery) change() {
	f.edits = append(f.edits, func(topology *compiler.Topology) {
		a := account(topology, "A")
		a.Limits.Connections = 7
		for _, u := range a.Users {
			if !u.Scoped {
				u.Permissions.PublishAllow = []string{"changed"}
			}
		}
	})
}

// user adds a user to A that the lock pins, and that it has a token of.
func (f *forgery) user(name string) string {
	f.w.users["A/"+name] = compiler.User{}
	id := lock.UserID("A", name)
	public := f.w.ring.public(id)
	f.lock.Keys[id] = public
	f.lock.Tokens[id] = lock.Token{IssuedAt: start, Subject: public, Claims: "sha256:" + strings.Repeat("0", 64)}
	return id
}

// sign puts a user's token into the folder that somebody else may have made.
func (f *forgery) sign(t *testing.T, id, name, issuer, account string) {
	c := jwt.NewUserClaims(f.w.ring.public(id))
	c.Name, c.IssuerAccount = name, account
	f.texts[id] = encode(t, c, f.w.ring.pair(issuer))
}

func encode(t *testing.T, c jwt.Claims, by nkeys.KeyPair) string {
	text, err := c.Encode(by)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// agree has the lock say of a token what the plan does.
func (f *forgery) agree(id string) {
	p, _ := NewLockedPlan(f.w.topology(), f.lock)
	t := p.Token(id)
	f.lock.Tokens[id] = lock.Token{IssuedAt: f.lock.Tokens[id].IssuedAt + 10, Subject: t.Subject, Expires: t.Expires, Claims: t.Digest}
}

// unproven are the IDs of the keys that Sign refuses to sign for.
func (f *forgery) unproven(t *testing.T) []string {
	t.Helper()
	p, diags := NewPlan(f.w.topology(), f.lock, start+100)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	f.w.ring.foreign = map[string]bool{}
	atHand := []string{"operator/OP", "account/A", "account/A/signing/main", "account/A/signing/reader"}
	for _, k := range declaredKeys(p.Topology) {
		f.w.ring.foreign[k.PublicKey] = !slices.Contains(atHand, k.ID)
	}
	for _, id := range f.absent {
		f.w.ring.foreign[f.w.ring.public(id)] = true
	}
	for _, public := range f.elsewhere {
		f.w.ring.foreign[public] = true
	}
	p.NoSecrets = true
	err := p.Sign(t.Context(), f.w.ring, func(id string) (string, bool) { text, has := f.texts[id]; return text, has })
	var found hcl.Diagnostics
	if err != nil && !errors.As(err, &found) {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range found {
		if name := diag.Of(d).Rule.Name; name != "key-unproven" {
			t.Errorf("%s: %s", name, d.Summary)
		}
		ids = append(ids, d.Summary[strings.LastIndexByte(d.Summary, ' ')+1:])
	}
	return ids
}

// TestForgedPins: a token is signed for a key only where the topology, its seed or
// a former token proves it. The lock proves nothing.
func TestForgedPins(t *testing.T) {
	const (
		u, ci   = "account/A/user/u", "account/A/user/ci"
		signing = "account/A/signing/next"
	)
	next := func(f *forgery) {
		f.lock.Keys[signing] = f.w.ring.public(signing)
		f.edits = append(f.edits, func(topology *compiler.Topology) {
			a := account(topology, "A")
			a.SigningKeys = append(a.SigningKeys, f.signingKey("next", nil))
		})
	}
	// usurp has another operator sign A's token with the key next.
	usurp := func(t *testing.T, f *forgery) *jwt.OperatorClaims {
		next(f)
		by := f.w.ring.pair("operator/USURPER")
		public := f.w.ring.public("operator/USURPER")
		f.elsewhere = []string{public}
		entry := f.lock.Tokens["operator/OP"]
		entry.Subject = public
		f.lock.Tokens["operator/OP"] = entry
		a, err := jwt.DecodeAccountClaims(f.texts["account/A"])
		if err != nil {
			t.Fatal(err)
		}
		a.SigningKeys.Add(f.w.ring.public(signing))
		f.texts["account/A"] = encode(t, a, by)
		return jwt.NewOperatorClaims(public)
	}
	for _, c := range []struct {
		name string
		do   func(*testing.T, *forgery)
		want string
	}{
		{"nothing", func(*testing.T, *forgery) {}, ""},
		{"a change", func(_ *testing.T, f *forgery) { f.change() }, ""},
		{"a change, and the seeds of signing keys are elsewhere", func(_ *testing.T, f *forgery) {
			f.change()
			f.absent = []string{"account/A/signing/main", "account/A/signing/reader", "account/A"}
		}, ""},
		{"a user in the lock", func(_ *testing.T, f *forgery) { f.user("ci") }, ci},
		{"a user whose token is as the lock says", func(_ *testing.T, f *forgery) { f.agree(f.user("ci")) }, ci},
		{"a user without a token", func(_ *testing.T, f *forgery) { delete(f.lock.Tokens, f.user("ci")) }, ci},
		{"a bearer user", func(_ *testing.T, f *forgery) {
			delete(f.lock.Tokens, f.user("ci"))
			f.edits = append(f.edits, func(topology *compiler.Topology) { account(topology, "A").Users[0].Limits.Bearer = true })
		}, ci},
		{"a signing key", func(_ *testing.T, f *forgery) { next(f) }, signing},
		{"a signing key that the account's token has, the lock says", func(_ *testing.T, f *forgery) {
			next(f)
			f.agree("account/A")
		}, signing},
		{"another operator's account token", func(t *testing.T, f *forgery) { usurp(t, f) }, signing},
		{"and its own", func(t *testing.T, f *forgery) {
			f.texts["operator/OP"] = encode(t, usurp(t, f), f.w.ring.pair("operator/USURPER"))
		}, signing},
		{"and its own, which lists the operator", func(t *testing.T, f *forgery) {
			o := usurp(t, f)
			o.SigningKeys.Add(f.w.ring.public("operator/OP"))
			f.texts["operator/OP"] = encode(t, o, f.w.ring.pair("operator/USURPER"))
		}, signing},
		{"the operator's own token, by another operator", func(t *testing.T, f *forgery) {
			o := usurp(t, f)
			o.SigningKeys.Add(o.Subject)
			o.Subject = f.w.ring.public("operator/OP")
			f.texts["operator/OP"] = encode(t, o, f.w.ring.pair("operator/USURPER"))
		}, signing},
		{"no operator's token, whose seed is at hand", func(_ *testing.T, f *forgery) {
			f.change()
			f.absent = []string{"account/A/signing/main", "account/A/signing/reader", "account/A"}
			delete(f.texts, "operator/OP")
		}, ""},
		{"an account's token by its own key", func(t *testing.T, f *forgery) {
			next(f)
			f.absent = []string{"account/A"}
			a := jwt.NewAccountClaims(f.w.ring.public("account/A"))
			a.Name = "A"
			a.SigningKeys.Add(f.w.ring.public(signing))
			f.texts["account/A"] = encode(t, a, f.w.ring.pair("account/A"))
		}, "account/A " + signing},
		{"the key of a role for any", func(_ *testing.T, f *forgery) {
			f.absent = []string{"account/A/signing/reader"}
			f.edits = append(f.edits, func(topology *compiler.Topology) { account(topology, "A").SigningKeys[1].Role = nil })
			f.change()
		}, ""},
		{"the key of a role under another label", func(_ *testing.T, f *forgery) {
			f.absent = []string{"account/A/signing/reader"}
			f.edits = append(f.edits, func(topology *compiler.Topology) {
				a := account(topology, "A")
				a.SigningKeys[1].Label, a.SigningKeys[1].Role = "any", nil
				a.Users = nil
			})
		}, "account/A/signing/any"},
		{"another account's key", func(_ *testing.T, f *forgery) {
			f.w.accounts = []string{"A", "C"}
			delete(f.w.users, "B/b")
			f.edits = append(f.edits, func(topology *compiler.Topology) { account(topology, "C").PublicKey = f.w.ring.public("account/B") })
			f.texts["account/C"], f.lock.Tokens["account/C"] = f.texts["account/B"], f.lock.Tokens["account/B"]
		}, "account/C"},
		{"another user's token", func(_ *testing.T, f *forgery) {
			delete(f.w.users, "A/u")
			f.user("ci")
			f.edits = append(f.edits, func(topology *compiler.Topology) { account(topology, "A").Users[0].PublicKey = f.w.ring.public(u) })
			f.texts[ci], f.lock.Tokens[ci] = f.texts[u], f.lock.Tokens[u]
		}, ci},
		{"a user's token by the account", func(t *testing.T, f *forgery) { f.sign(t, f.user("ci"), "ci", "account/A", "") }, ""},
		{"a user's token by a signing key", func(t *testing.T, f *forgery) {
			f.sign(t, f.user("ci"), "ci", "account/A/signing/main", f.w.ring.public("account/A"))
		}, ""},
		{"a user's token by another account", func(t *testing.T, f *forgery) { f.sign(t, f.user("ci"), "ci", "account/B", "") }, ci},
		{"a user's token by another account's key, for this one", func(t *testing.T, f *forgery) {
			f.sign(t, f.user("ci"), "ci", "account/B", f.w.ring.public("account/A"))
		}, ci},
		{"a user's token by the key of a role", func(t *testing.T, f *forgery) {
			f.sign(t, f.user("ci"), "ci", "account/A/signing/reader", f.w.ring.public("account/A"))
		}, ci},
		{"likewise, without the account's token", func(t *testing.T, f *forgery) {
			f.sign(t, f.user("ci"), "ci", "account/A/signing/reader", f.w.ring.public("account/A"))
			delete(f.texts, "account/A")
		}, ci},
		{"by a signing key whose seed is at hand, without the account's token", func(t *testing.T, f *forgery) {
			f.sign(t, f.user("ci"), "ci", "account/A/signing/main", f.w.ring.public("account/A"))
			delete(f.texts, "account/A")
		}, ""},
		{"by a signing key that nothing proves, without the account's token", func(t *testing.T, f *forgery) {
			next(f)
			f.sign(t, f.user("ci"), "ci", signing, f.w.ring.public("account/A"))
			delete(f.texts, "account/A")
		}, ci + " " + signing},
		{"for another account, without the account's token", func(t *testing.T, f *forgery) {
			f.sign(t, f.user("ci"), "ci", "account/A/signing/main", f.w.ring.public("account/B"))
			delete(f.texts, "account/A")
		}, ci},
		{"an account's token by an operator's signing key that nothing proves", func(t *testing.T, f *forgery) {
			const id = "operator/OP/signing/evil"
			usurp(t, f)
			a, err := jwt.DecodeAccountClaims(f.texts["account/A"])
			if err != nil {
				t.Fatal(err)
			}
			f.texts["account/A"] = encode(t, a, f.w.ring.pair(id))
			key := f.w.ring.public(id)
			f.lock.Keys[id] = key
			f.elsewhere = []string{key}
			f.edits = append(f.edits, func(topology *compiler.Topology) {
				topology.Operator.SigningKeys = []*compiler.SigningKey{{Label: "evil", PublicKey: key}}
			})
		}, "operator/OP/signing/evil " + signing},
		{"an operator's signing key that its former token lists", func(t *testing.T, f *forgery) {
			f.operatorKey(t, "night")
		}, ""},
		{"an operator's signing key, and the token that lists it is another operator's", func(t *testing.T, f *forgery) {
			f.operatorKey(t, "night")
			o, err := jwt.DecodeOperatorClaims(f.texts["operator/OP"])
			if err != nil {
				t.Fatal(err)
			}
			f.elsewhere = append(f.elsewhere, f.w.ring.public("operator/USURPER"))
			o.Subject = f.w.ring.public("operator/USURPER")
			f.texts["operator/OP"] = encode(t, o, f.w.ring.pair("operator/USURPER"))
		}, "operator/OP/signing/night"},
		{"accounts that are somebody else's, and a user of one", func(_ *testing.T, f *forgery) {
			f.w.external = []string{"X", "Y"}
			f.w.users["Y/u"] = compiler.User{}
			f.lock.Keys["account/Y/user/u"] = f.w.ring.public("account/Y/user/u")
		}, "account/X account/Y account/Y/user/u"},
		{"another key for a user that has a token", func(_ *testing.T, f *forgery) {
			f.w.ring.generation[u]++
			f.user("u")
		}, u},
		{"another key for an account, whose seed is at hand", func(_ *testing.T, f *forgery) {
			f.absent = []string{"account/A/signing/main", "account/A/signing/reader"}
			f.w.ring.generation["account/A"]++
			f.lock.Keys["account/A"] = f.w.ring.public("account/A")
		}, ""},
		{"a revoked token", func(_ *testing.T, f *forgery) {
			f.change()
			f.lock.Revoked[lock.UserRevocationID(f.w.ring.public("account/A"), f.w.ring.public(u))] = lock.Revocation{Before: start}
		}, u},
		{"tokens of an account that are all revoked", func(_ *testing.T, f *forgery) {
			f.change()
			f.lock.Revoked[lock.UserRevocationID(f.w.ring.public("account/A"), jwt.All)] = lock.Revocation{Before: start}
		}, "account/A/user/r " + u},
		{"a user's file that is lost", func(_ *testing.T, f *forgery) { delete(f.texts, u) }, u},
		{"no output folder", func(_ *testing.T, f *forgery) { f.w.accounts, f.texts = []string{"A"}, nil; delete(f.w.users, "B/b") }, "account/A/user/r " + u + " account/SYS"},
		{"another operator, whose forerunner is at hand", func(_ *testing.T, f *forgery) {
			f.renew()
		}, ""},
		{"another operator, whose forerunner is not", func(_ *testing.T, f *forgery) {
			f.elsewhere = []string{f.w.ring.public("operator/OP")}
			f.renew()
		}, "account/A/signing/main account/A/signing/reader account/B account/SYS"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newForgery(t)
			c.do(t, f)
			if got := strings.Join(f.unproven(t), " "); got != c.want {
				t.Errorf("unproven are %q, not %q", got, c.want)
			}
		})
	}
}

// operatorKey gives the operator a signing key whose seed is elsewhere, and has it
// build anew what is to be changed again.
func (f *forgery) operatorKey(t *testing.T, label string) {
	id := "operator/OP/signing/" + label
	f.edits = append(f.edits, func(topology *compiler.Topology) {
		topology.Operator.SigningKeys = []*compiler.SigningKey{{Label: label, PublicKey: f.w.ring.public(id)}}
	})
	p := f.w.build(t, f.lock, start+10)
	f.lock, f.texts, f.absent = p.Lock, texts(p), []string{id}
	f.edits = append(f.edits, func(topology *compiler.Topology) { topology.Operator.Expiry = compiler.Expiry{After: days(1000)} })
}

// renew makes it another operator, whose seed is at hand.
func (f *forgery) renew() {
	f.absent = []string{"account/A/signing/main", "account/A/signing/reader"}
	f.w.ring.generation["operator/OP"]++
	f.lock.Keys["operator/OP"] = f.w.ring.public("operator/OP")
}

// seedless is a keyring without seeds.
type seedless struct{}

func (seedless) Signer(id, _ string) (keys.Signer, error) {
	return nil, &keys.Error{Rule: "key-missing", ID: id}
}

func (seedless) Prove(id, _ string) error { return &keys.Error{Rule: "key-missing", ID: id} }

// Who has no seeds is told of the seeds that sign, and not of every key that nothing
// proves.
func TestWithoutSeedsTheyAreAskedFor(t *testing.T) {
	f := newForgery(t)
	p, diags := NewPlan(f.w.topology(), f.lock, start+100)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	err := p.Sign(t.Context(), seedless{}, func(string) (string, bool) { return "", false })
	var found hcl.Diagnostics
	if !errors.As(err, &found) {
		t.Fatal(err)
	}
	for _, d := range found {
		if name := diag.Of(d).Rule.Name; name != "key-missing" {
			t.Errorf("%s: %s", name, d.Summary)
		}
	}
}
