package lock

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// moved is the lock after `jsc keys move`.
func movedTo(t *testing.T, l *Lock, from, to string) *Lock {
	t.Helper()
	l = l.Clone()
	if err := l.Move(from, to); err != nil {
		t.Fatal(err)
	}
	return l
}

// TestMergeFollowsMoves: what one branch did to an account or a user is done to
// it under the name that the other gave it.
func TestMergeFollowsMoves(t *testing.T) {
	base := with(pinned(),
		token(AccountID("A"), 100, 0, keyA, "a"),
		token(activation, 100, 500, keyB, "act"),
		token(idU, 100, 0, keyU, "u"),
	)
	a, c, d := AccountID("A"), AccountID("C"), AccountID("D")
	v, vInC, u := UserID("A", "V"), UserID("C", "V"), UserID("C", "U")
	withV := with(base, key(v, newU), token(v, 200, 0, newU, "v"))
	y := SigningKeyID("A", "y")

	for _, tc := range []struct {
		name               string
		base, ours, theirs *Lock
		want               *Lock
	}{
		{"an account moved here, a user added there", base, movedTo(t, base, a, c), withV,
			with(movedTo(t, base, a, c), key(vInC, newU), token(vInC, 200, 0, newU, "v"))},
		{"an account moved and built here, its user changed, and an activation of it issued again there", base,
			with(movedTo(t, base, a, c), token(c, 300, 0, keyA, "c")),
			with(base, token(idU, 200, 0, keyU, "u2"), token(activation, 250, 900, keyB, "act 2")),
			with(movedTo(t, base, a, c), token(c, 300, 0, keyA, "c"), token(u, 200, 0, keyU, "u2"), token(ActivationID("C", "stream", "s/1", "B"), 250, 900, keyB, "act 2"))},
		{"a grantee moved here, its activation issued again there", base,
			movedTo(t, base, AccountID("B"), d), with(base, token(activation, 250, 900, keyB, "act 2")),
			with(movedTo(t, base, AccountID("B"), d), token(ActivationID("A", "stream", "s/1", "D"), 250, 900, keyB, "act 2"))},
		{"an account moved here, its user taken away there", base,
			movedTo(t, base, a, c), with(base, noKey(idU), noToken(idU), revoked(revokedU, 200, 0)),
			with(movedTo(t, base, a, c), noKey(u), noToken(u), revoked(revokedU, 200, 0))},
		{"an account moved here, its signing key rotated there", base,
			movedTo(t, base, a, c), with(base, key(idX, newX), retired(idX, oldX)),
			with(movedTo(t, base, a, c), key(SigningKeyID("C", "x"), newX), retired(SigningKeyID("C", "x"), oldX))},
		{"a user moved here, rotated there", base,
			movedTo(t, base, idU, UserID("A", "W")), with(base, key(idU, newU), token(idU, 200, 0, newU, "u"), retired(idU, keyU), revoked(revokedU, 200, 0)),
			with(base, noKey(idU), noToken(idU), key(UserID("A", "W"), newU), token(UserID("A", "W"), 200, 0, newU, "u"),
				retired(UserID("A", "W"), keyU), revoked(revokedU, 200, 0))},
		{"a user moved here, its account there", base,
			movedTo(t, base, idU, UserID("A", "W")), movedTo(t, base, a, c),
			movedTo(t, movedTo(t, base, a, c), u, UserID("C", "W"))},
		{"the same move on both sides, a user added on each", base,
			movedTo(t, withV, a, c), movedTo(t, with(base, key(y, newX)), a, c),
			movedTo(t, with(withV, key(y, newX)), a, c)},
		{"an account moved here, gone there: the topology says", base,
			movedTo(t, base, a, c), with(base, noKey(a), noKey(idU), noKey(idX), noToken(a), noToken(idU), noToken(activation), retired(idX, oldX), revoked(revokedU, 200, 0)),
			with(movedTo(t, base, a, c), retired(idX, oldX), revoked(revokedU, 200, 0))},
		{"two names swapped here, a user added there", base,
			movedTo(t, movedTo(t, movedTo(t, base, a, c), AccountID("B"), a), c, AccountID("B")), withV,
			movedTo(t, movedTo(t, movedTo(t, withV, a, c), AccountID("B"), a), c, AccountID("B"))},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, sides := range [][2]*Lock{{tc.ours, tc.theirs}, {tc.theirs, tc.ours}} {
				m := Merge("x.lock.json", tc.base, sides[0], sides[1])
				if m.Lock == nil {
					t.Fatal(m.Conflicts)
				}
				if diff := cmp.Diff(string(tc.want.Encode()), string(m.Data)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestTwoMovesConflict: each side's lines are the whole account under the name
// that this side gave it.
func TestTwoMovesConflict(t *testing.T) {
	base := with(pinned(), token(AccountID("A"), 100, 0, keyA, "a"), token(activation, 100, 500, keyB, "act"), token(idU, 100, 0, keyU, "u"))
	withV := with(base, key(UserID("A", "V"), newU), token(UserID("A", "V"), 200, 0, newU, "v"))
	c, d := AccountID("C"), AccountID("D")
	for name, base := range map[string]*Lock{"with a base": base, "without": New()} {
		t.Run(name, func(t *testing.T) {
			ours, theirs := withV, with(withV, revoked(revokedU, 200, 0))
			m := Merge("x.lock.json", base, movedTo(t, ours, AccountID("A"), c), movedTo(t, theirs, AccountID("A"), d))
			if m.Lock != nil || len(m.Conflicts) != 1 || !strings.Contains(m.Conflicts[0].Summary, keyA+" is pinned under two IDs: account/C in ours, account/D in theirs") {
				t.Fatalf("%v, %v", m.Lock, m.Conflicts)
			}
			for side, to := range []string{c, d} {
				want := movedTo(t, theirs, AccountID("A"), to)
				if diff := cmp.Diff(string(want.Encode()), string(kept(t, m.Data, side).Encode())); diff != "" {
					t.Errorf("side %d (-want +got):\n%s", side, diff)
				}
			}
		})
	}
}

// TestAMoveToATakenNameConflicts: no side's lines lose what one of them has under
// the name that the other moved an account to.
func TestAMoveToATakenNameConflicts(t *testing.T) {
	base := with(pinned(), token(AccountID("A"), 100, 0, keyA, "a"), token(idU, 100, 0, keyU, "u"))
	c := AccountID("C")
	sides := []*Lock{movedTo(t, base, AccountID("A"), c), with(base, key(c, newA), token(c, 200, 0, newA, "c"))}
	pins := []string{keyA, newA}
	for range 2 {
		m := Merge("x.lock.json", base, sides[0], sides[1])
		if m.Lock != nil || len(m.Conflicts) != 1 || !strings.Contains(m.Conflicts[0].Summary, c+" is pinned to two keys: "+pins[0]+" in ours, "+pins[1]+" in theirs") {
			t.Fatalf("%v, %v", m.Lock, m.Conflicts)
		}
		for side, pin := range pins {
			if got := kept(t, m.Data, side).Keys[c]; got != pin {
				t.Errorf("side %d: %s is %s", side, c, got)
			}
		}
		slices.Reverse(sides)
		slices.Reverse(pins)
	}
}

// TestAKeyInTwoAccountsConflicts: a lock that pins it under both is one that no
// command reads.
func TestAKeyInTwoAccountsConflicts(t *testing.T) {
	inA, inB := UserID("A", "V"), UserID("B", "V")
	m := Merge("x.lock.json", pinned(), with(pinned(), key(inA, newU)), with(pinned(), key(inB, newU)))
	if m.Lock != nil || len(m.Conflicts) != 1 || !strings.Contains(m.Conflicts[0].Summary, newU+" is pinned under two IDs: "+inA+" in ours, "+inB+" in theirs") {
		t.Fatalf("%v, %v", m.Lock, m.Conflicts)
	}
	for side, id := range []string{inA, inB} {
		want := with(pinned(), key(id, newU))
		if diff := cmp.Diff(string(want.Encode()), string(kept(t, m.Data, side).Encode())); diff != "" {
			t.Errorf("side %d (-want +got):\n%s", side, diff)
		}
	}
}
