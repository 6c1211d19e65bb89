package lock

import (
	"bytes"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jsc/schema"
)

// Facts that the cases share: accounts A and B, A's user U, its signing key x,
// and an activation from A to B.
var (
	keyA, keyB, keyU = accountKeyOf("A"), accountKeyOf("B"), userKeyOf("U")
	newA, newU, newW = accountKeyOf("A2"), userKeyOf("U2"), userKeyOf("W")
	oldX, newX       = accountKeyOf("x1"), accountKeyOf("x2")
	idU, idX         = UserID("A", "U"), SigningKeyID("A", "x")
	activation       = ActivationID("A", "stream", "s/1", "B")
	revokedB         = RevocationID(keyA, "stream", "s/1", keyB)
	revokedU         = UserRevocationID(keyA, keyU)
)

func pinned() *Lock {
	l := New()
	l.Keys[AccountID("A")] = keyA
	l.Keys[AccountID("B")] = keyB
	l.Keys[idU] = keyU
	l.Keys[idX] = oldX
	return l
}

func with(l *Lock, changes ...func(*Lock)) *Lock {
	l = l.Clone()
	for _, change := range changes {
		change(l)
	}
	return l
}

func key(id, public string) func(*Lock) { return func(l *Lock) { l.Keys[id] = public } }
func noKey(id string) func(*Lock)       { return func(l *Lock) { delete(l.Keys, id) } }
func noToken(id string) func(*Lock)     { return func(l *Lock) { delete(l.Tokens, id) } }
func retired(id, public string) func(*Lock) {
	return func(l *Lock) { l.Retire(id, public) }
}
func token(id string, iat, exp int64, sub, claims string) func(*Lock) {
	return func(l *Lock) {
		l.Tokens[id] = Token{IssuedAt: iat, Subject: sub, Expires: exp, Claims: digestOf(claims)}
	}
}
func revoked(id string, before, exp int64) func(*Lock) {
	return func(l *Lock) { l.Revoked[id] = Revocation{Before: before, Expires: exp} }
}

func TestMerge(t *testing.T) {
	base := with(pinned(),
		token(AccountID("A"), 100, 0, keyA, "a"),
		token(activation, 100, 500, keyB, "act"),
		token(idU, 100, 0, keyU, "u"),
	)
	issuedAgain := token(activation, 300, 900, keyB, "act 2")
	first, last := "x", "y" // in the order of digests
	if digestOf(first) > digestOf(last) {
		first, last = last, first
	}
	takenAway := with(base, noToken(activation), revoked(revokedB, 200, 500))

	for _, c := range []struct {
		name               string
		base, ours, theirs *Lock
		want               *Lock // nil for a conflict
	}{
		{"nothing changed", base, base, base, base},
		{"one side changed", base, base, with(base, token(idU, 150, 0, keyU, "u2")), with(base, token(idU, 150, 0, keyU, "u2"))},
		{"both added different entries", base,
			with(base, key(UserID("A", "V"), newU)), with(base, key(UserID("B", "W"), newW)),
			with(base, key(UserID("A", "V"), newU), key(UserID("B", "W"), newW))},
		{"an account moved", base,
			with(base, noKey(AccountID("B")), key(AccountID("C"), keyB)), base,
			with(base, noKey(AccountID("B")), key(AccountID("C"), keyB))},
		{"no base", New(), base, with(New(), key(AccountID("C"), newA)), with(base, key(AccountID("C"), newA))},
		{"greater iat wins", base,
			with(base, token(idU, 300, 0, keyU, "x")), with(base, token(idU, 200, 7, keyU, "y")),
			with(base, token(idU, 300, 0, keyU, "x"))},
		{"greater iat wins over a change", base,
			with(base, token(idU, 50, 0, keyU, "x")), base,
			base},
		{"one second, two tokens: newer than both", base,
			with(base, token(idU, 300, 0, keyU, last)), with(base, token(idU, 300, 0, keyU, first)),
			with(base, token(idU, 301, 0, keyU, last), revoked(revokedU, 300, 0))},
		{"one second, two activations: the other is revoked until it ends", base,
			with(base, token(activation, 300, 900, keyB, last)), with(base, token(activation, 300, 800, keyB, first)),
			with(base, token(activation, 301, 900, keyB, last), revoked(revokedB, 300, 800))},
		{"one second, two tokens of an account: they end with it", base,
			with(base, token(AccountID("A"), 300, 0, keyA, last)), with(base, token(AccountID("A"), 300, 0, keyA, first)),
			with(base, token(AccountID("A"), 301, 0, keyA, last))},
		{"the same change on both sides", base,
			with(base, token(idU, 300, 0, keyU, "x")), with(base, token(idU, 300, 0, keyU, "x")),
			with(base, token(idU, 300, 0, keyU, "x"))},

		{"taken away, not changed there", base, takenAway, base, takenAway},
		{"taken away and issued again there", base, takenAway, with(base, issuedAgain),
			with(base, noToken(activation), revoked(revokedB, 300, 900))},
		{"taken away by both", base, takenAway, with(takenAway, revoked(revokedB, 250, 500)),
			with(takenAway, revoked(revokedB, 250, 500))},
		{"user taken away and issued again there", base,
			with(base, noKey(idU), noToken(idU), revoked(revokedU, 200, 0)), with(base, token(idU, 300, 900, keyU, "u2")),
			with(base, noKey(idU), noToken(idU), revoked(revokedU, 300, 0))},
		{"account taken away and issued again there", base,
			with(base, noToken(AccountID("A"))), with(base, token(AccountID("A"), 300, 0, keyA, "a2")),
			with(base, noToken(AccountID("A")))},
		{"account gone, its activation issued again there", base,
			with(base, noKey(AccountID("A")), noToken(AccountID("A")), noToken(activation)), with(base, issuedAgain),
			with(base, noKey(AccountID("A")), noKey(idU), noKey(idX), noToken(AccountID("A")), noToken(activation), noToken(idU),
				revoked(revokedB, 300, 900), revoked(revokedU, 100, 0), retired(idX, oldX))},
		{"account gone, with all that it issued, a user of it new there", base,
			with(base, noKey(AccountID("A")), noToken(AccountID("A")), noToken(activation), noToken(idU)), with(base, token(UserID("A", "V"), 300, 900, newU, "v")),
			with(base, noKey(AccountID("A")), noKey(idU), noKey(idX), noToken(AccountID("A")), noToken(activation), noToken(idU),
				revoked(UserRevocationID(keyA, newU), 300, 900), retired(idX, oldX))},
		{"account's key changed here, a user of it new there", base,
			with(base, key(AccountID("A"), newA)), with(base, token(UserID("A", "V"), 300, 0, newU, "v")),
			with(base, key(AccountID("A"), newA), revoked(UserRevocationID(keyA, newU), 300, 0), revoked(UserRevocationID(newA, newU), 300, 0))},

		{"user rotated here, issued again there with the old key", base,
			with(base, key(idU, newU), token(idU, 200, 0, newU, "u"), revoked(revokedU, 200, 0)), with(base, token(idU, 300, 0, keyU, "u2")),
			with(base, key(idU, newU), token(idU, 200, 0, newU, "u"), revoked(revokedU, 300, 0))},
		{"grantee's key changed here, issued again there with the old key", base,
			with(base, key(AccountID("B"), newA), token(activation, 200, 0, newA, "act"), revoked(revokedB, 200, 500)), with(base, issuedAgain),
			with(base, key(AccountID("B"), newA), token(activation, 200, 0, newA, "act"), revoked(revokedB, 300, 900))},
		{"issuer's key changed here, activation gone there: both keys' tokens revoked", base,
			with(base, key(AccountID("A"), newA), token(activation, 300, 900, keyB, "act")), with(base, noToken(activation)),
			with(base, key(AccountID("A"), newA), noToken(activation),
				revoked(revokedB, 300, 900), revoked(RevocationID(newA, "stream", "s/1", keyB), 300, 900))},

		{"revocations of both, greatest wins", base,
			with(base, revoked(revokedB, 200, 900), revoked(revokedU, 300, 0)), with(base, revoked(revokedB, 300, 500), revoked(revokedU, 200, 700)),
			with(base, revoked(revokedB, 300, 900), revoked(revokedU, 300, 0))},
		{"a revocation that one side forgot stays", with(base, revoked(revokedB, 200, 900)),
			base, with(base, revoked(revokedB, 200, 900)),
			with(base, revoked(revokedB, 200, 900))},

		{"signing key rotated here", base,
			with(base, key(idX, newX), retired(idX, oldX)), base,
			with(base, key(idX, newX), retired(idX, oldX))},
		{"signing key taken away here, rotated there", base,
			with(base, noKey(idX), retired(idX, oldX)), with(base, key(idX, newX), retired(idX, oldX)),
			with(base, noKey(idX), retired(idX, oldX), retired(idX, newX))},
		{"an account taken away here, a user and a signing key added to it there", base,
			with(base, noKey(AccountID("A")), noKey(idU), noKey(idX), noToken(AccountID("A")), noToken(idU), noToken(activation), revoked(revokedU, 200, 0), retired(idX, oldX)),
			with(base, key(UserID("A", "V"), newU), token(UserID("A", "V"), 300, 900, newU, "v"), key(SigningKeyID("A", "y"), newX)),
			with(New(), key(AccountID("B"), keyB), revoked(revokedU, 200, 0), revoked(UserRevocationID(keyA, newU), 300, 900), retired(idX, oldX), retired(SigningKeyID("A", "y"), newX))},
		{"user's key taken away here, rotated there", base,
			with(base, noKey(idU), noToken(idU)), with(base, key(idU, newU)),
			with(base, noKey(idU), noToken(idU))},

		{"two new keys", base,
			with(base, key(AccountID("C"), newA)), with(base, key(AccountID("C"), oldX)), nil},
		{"two rotations", base,
			with(base, key(idX, newX), retired(idX, oldX)), with(base, key(idX, newA), retired(idX, oldX)), nil},
		{"an account moved to two names", base,
			with(base, noKey(AccountID("B")), key(AccountID("C"), keyB)), with(base, noKey(AccountID("B")), key(AccountID("D"), keyB)), nil},
		{"a retired key returns", with(base, noKey(idX)),
			with(base, noKey(idX), retired(idX, newX)), with(base, key(idX, newX)), nil},
		{"nobody knows the issuer", with(base, noKey(AccountID("A"))),
			with(base, noKey(AccountID("A")), noToken(activation)), with(base, noKey(AccountID("A")), issuedAgain), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			inputs := [][]byte{c.base.Encode(), c.ours.Encode(), c.theirs.Encode()}
			for _, swap := range []bool{false, true} {
				ours, theirs := c.ours, c.theirs
				if swap {
					ours, theirs = theirs, ours
				}
				m := Merge("x.lock.json", c.base, ours, theirs)
				got, diags := m.Lock, m.Conflicts
				if c.want == nil {
					if got != nil || len(diags) != 1 || diags[0].Subject.Filename != "x.lock.json" {
						t.Errorf("swapped %v: got %v, %v; want one conflict", swap, got, diags)
					}
					continue
				}
				if diags.HasErrors() {
					t.Fatalf("swapped %v: %v", swap, diags)
				}
				if string(m.Data) != string(got.Encode()) {
					t.Errorf("swapped %v: the data are not those of the lock", swap)
				}
				if diff := cmp.Diff(string(c.want.Encode()), string(got.Encode())); diff != "" {
					t.Errorf("swapped %v (-want +got):\n%s", swap, diff)
				}
			}
			for i, l := range []*Lock{c.base, c.ours, c.theirs} {
				if string(l.Encode()) != string(inputs[i]) {
					t.Errorf("input %d was changed", i)
				}
			}
		})
	}
}

// TestMergeLosesNothing holds Merge's laws over random branches: swapping the
// sides makes no difference, what comes out can be read, or cannot before its
// conflicts are settled, and no revocation or retired key is lost either way.
func TestMergeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := anyLock(t), anyLock(t), anyLock(t)
		for _, l := range []*Lock{base, ours, theirs} {
			for _, id := range slices.Sorted(maps.Keys(l.Keys)) {
				parts, _ := Parts(id)
				parts[len(parts)-1] = rapid.SampledFrom([]string{parts[len(parts)-1], "M", "N"}).Draw(t, "moved to")
				_ = l.Move(id, schema.ID(parts...)) // which another may have
			}
		}
		a, b := Merge("x", base, ours, theirs), Merge("x", base, theirs, ours)
		if (a.Lock == nil) != (b.Lock == nil) || a.Lock != nil && !a.Lock.Equal(b.Lock) {
			t.Fatalf("swapping sides: %v, %v", a.Conflicts, b.Conflicts)
		}
		outcomes := []*Lock{a.Lock}
		if _, diags := Parse("x", a.Data); diags.HasErrors() != (a.Lock == nil) {
			t.Fatalf("conflicts %v, and read: %v", a.Conflicts, diags)
		}
		if a.Lock == nil {
			outcomes = []*Lock{kept(t, a.Data, 0), kept(t, a.Data, 1)}
		}
		for _, got := range outcomes {
			if _, diags := Parse("x", got.Encode()); diags.HasErrors() {
				t.Fatalf("a merged lock cannot be read: %v", diags)
			}
			for _, side := range []*Lock{ours, theirs} {
				for id, r := range side.Revoked {
					if got := got.Revoked[id]; got.Before < r.Before || got.Expires != 0 && (r.Expires == 0 || got.Expires < r.Expires) {
						t.Fatalf("%s: %v became %v", id, r, got)
					}
				}
				for id, keys := range side.Retired {
					for _, k := range keys {
						if !isRetired(got, k) {
							t.Fatalf("%s lost %s", id, k)
						}
					}
				}
			}
		}
	})
}

func isRetired(l *Lock, key string) bool {
	for _, keys := range l.Retired {
		if slices.Contains(keys, key) {
			return true
		}
	}
	return false
}

// kept is a merged lock of which somebody keeps one side's lines.
func kept(t interface{ Fatalf(string, ...any) }, data []byte, side int) *Lock {
	var out []byte
	in := -1 // the side whose lines these are; -1: both
	for line := range bytes.Lines(data) {
		switch {
		case bytes.HasPrefix(line, []byte("<<<<<<<")):
			in = 0
		case bytes.HasPrefix(line, []byte("=======")):
			in = 1
		case bytes.HasPrefix(line, []byte(">>>>>>>")):
			in = -1
		case in < 0 || in == side:
			out = append(out, line...)
		}
	}
	l, diags := Parse("x.lock.json", out)
	if diags.HasErrors() {
		t.Fatalf("what is kept cannot be read: %v\n%s", diags, out)
	}
	if !l.Canonical(out) {
		t.Fatalf("what is kept is not in the form that a build writes:\n%s", out)
	}
	return l
}
