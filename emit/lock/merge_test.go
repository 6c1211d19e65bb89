package lock

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
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
			with(base, token(idU, 300, 0, keyU, "x")), with(base, token(idU, 300, 0, keyU, "y")),
			with(base, token(idU, 301, 0, keyU, map[bool]string{true: "x", false: "y"}[digestOf("x") > digestOf("y")]))},
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
			with(base, noKey(AccountID("A")), noToken(AccountID("A")), noToken(activation), revoked(revokedB, 300, 900))},
		{"account gone, with all that it issued, a user of it new there", base,
			with(base, noKey(AccountID("A")), noToken(AccountID("A")), noToken(activation), noToken(idU)), with(base, token(UserID("A", "V"), 300, 900, newU, "v")),
			with(base, noKey(AccountID("A")), noToken(AccountID("A")), noToken(activation), noToken(idU), revoked(UserRevocationID(keyA, newU), 300, 900))},
		{"account moved here, an activation of it new there", base,
			with(base, noKey(AccountID("A")), key(AccountID("C"), keyA), noToken(AccountID("A")), noToken(activation), noToken(idU)),
			with(base, token(ActivationID("A", "service", "s", "B"), 300, 0, keyB, "act")),
			with(base, noKey(AccountID("A")), key(AccountID("C"), keyA), noToken(AccountID("A")), noToken(activation), noToken(idU),
				revoked(RevocationID(keyA, "service", "s", keyB), 300, 0))},
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
				got, diags := Merge("x.lock.json", c.base, ours, theirs)
				if c.want == nil {
					if got != nil || len(diags) != 1 || diags[0].Subject.Filename != "x.lock.json" {
						t.Errorf("swapped %v: got %v, %v; want one conflict", swap, got, diags)
					}
					continue
				}
				if diags.HasErrors() {
					t.Fatalf("swapped %v: %v", swap, diags)
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

func TestMergeNamesBothKeys(t *testing.T) {
	ours, theirs := with(New(), key(AccountID("C"), keyA)), with(New(), key(AccountID("C"), keyB))
	_, diags := Merge("x.lock.json", New(), ours, theirs)
	if len(diags) != 1 {
		t.Fatal(diags)
	}
	for _, part := range []string{"account/C", keyA + " in ours", keyB + " in theirs"} {
		if !strings.Contains(diags[0].Summary, part) {
			t.Errorf("%q lacks %q", diags[0].Summary, part)
		}
	}
}

// TestMergeLosesNothing holds Merge's laws over random branches: swapping the
// sides makes no difference, what comes out can be read, and no revocation,
// retired key or greater iat is lost.
func TestMergeLosesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		base, ours, theirs := anyLock(t), anyLock(t), anyLock(t)
		a, diagsA := Merge("x", base, ours, theirs)
		b, diagsB := Merge("x", base, theirs, ours)
		if diagsA.HasErrors() != diagsB.HasErrors() || a != nil && !a.Equal(b) {
			t.Fatalf("swapping sides: %v, %v", diagsA, diagsB)
		}
		if a == nil {
			return
		}
		if _, diags := Parse("x", a.Encode()); diags.HasErrors() {
			t.Fatalf("a merged lock cannot be read: %v", diags)
		}
		for _, side := range []*Lock{ours, theirs} {
			for id, r := range side.Revoked {
				if got := a.Revoked[id]; got.Before < r.Before || got.Expires != 0 && (r.Expires == 0 || got.Expires < r.Expires) {
					t.Fatalf("%s: %v became %v", id, r, got)
				}
			}
			for id, keys := range side.Retired {
				for _, k := range keys {
					if !strings.Contains(strings.Join(a.Retired[id], " "), k) {
						t.Fatalf("%s lost %s", id, k)
					}
				}
			}
			for id, tok := range side.Tokens {
				if got, kept := a.Tokens[id]; kept && got.Subject == tok.Subject && got.IssuedAt < tok.IssuedAt {
					t.Fatalf("%s: iat %d became %d", id, tok.IssuedAt, got.IssuedAt)
				}
			}
		}
	})
}
