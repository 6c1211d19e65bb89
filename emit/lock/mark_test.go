package lock

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestConflictsStandBetweenMarkers: all that merges is merged, nothing reads the
// lock before somebody keeps one side's lines, and either side's are a lock that
// revokes and retires what both did, the other side's key included.
func TestConflictsStandBetweenMarkers(t *testing.T) {
	n, x := UserID("A", "N"), SigningKeyID("A", "y")
	n1, n2 := userKeyOf("n1"), userKeyOf("n2")
	base := with(pinned(), token(AccountID("A"), 100, 0, keyA, "a"), token(idU, 100, 0, keyU, "u"))
	ours := with(base, key(n, n1), token(n, 300, 0, n1, "n"), key(x, newX))
	theirs := with(base, key(idU, newU), retired(idU, keyU), revoked(revokedU, 200, 0), token(idU, 200, 0, newU, "u"), // rotated
		key(n, n2), token(n, 250, 900, n2, "n"), key(x, newA))
	common := with(base, key(idU, newU), retired(idU, keyU), revoked(revokedU, 200, 0), token(idU, 200, 0, newU, "u"),
		token(n, 300, 0, n1, "n"), token(UserID("A", n2), 250, 900, n2, "n")) // the one that goes is revoked by the next build

	m := Merge("x.lock.json", base, ours, theirs)
	if m.Lock != nil || len(m.Conflicts) != 2 {
		t.Fatal(m.Conflicts)
	}
	for i, want := range []string{
		x + " is pinned to two keys: " + newX + " in ours, " + newA + " in theirs",
		n + " is pinned to two keys: " + n1 + " in ours, " + n2 + " in theirs",
	} {
		d := m.Conflicts[i]
		line := strings.Split(string(m.Data), "\n")[d.Subject.Start.Line-1]
		if d.Summary != want || !strings.Contains(line, strings.Fields(want)[0]) {
			t.Errorf("%s, at %q, want %s", d.Summary, line, want)
		}
	}
	for side, want := range []*Lock{
		with(common, key(n, n1), key(x, newX), retired(x, newA)),
		with(common, key(n, n2), key(x, newA), retired(x, newX)),
	} {
		if diff := cmp.Diff(string(want.Encode()), string(kept(t, m.Data, side).Encode())); diff != "" {
			t.Errorf("side %d (-want +got):\n%s", side, diff)
		}
	}
	_, diags := Parse("x.lock.json", m.Data)
	at := strings.Index(string(m.Data), "<<<<<<<")
	if len(diags) != 1 || diags[0].Subject.Start.Line != 1+strings.Count(string(m.Data[:at]), "\n") || !strings.Contains(fmt.Sprint(diags[0].Extra), "Keep one side's lines") {
		t.Errorf("read: %v", diags)
	}
}

// TestARetiredPinConflicts: one side's lines are the pin, the other's are none.
func TestARetiredPinConflicts(t *testing.T) {
	base := with(pinned(), noKey(idX))
	sides := []*Lock{with(base, retired(idX, newX)), with(base, key(idX, newX))}
	want := []*Lock{sides[0], with(base, retired(idX, newX), key(idX, newX))}
	for range 2 {
		m := Merge("x.lock.json", base, sides[0], sides[1])
		if m.Lock != nil || len(m.Conflicts) != 1 {
			t.Fatal(m.Conflicts)
		}
		for side, want := range want {
			if diff := cmp.Diff(string(want.Encode()), string(kept(t, m.Data, side).Encode())); diff != "" {
				t.Errorf("side %d (-want +got):\n%s", side, diff)
			}
		}
		slices.Reverse(sides)
		slices.Reverse(want)
	}
}

// TestTokensOfADisputedAccount: they end with its ID, and the newest is known.
func TestTokensOfADisputedAccount(t *testing.T) {
	c := AccountID("C")
	ours, theirs := with(pinned(), key(c, newA), token(c, 200, 0, newA, "ours")), with(pinned(), key(c, newX), token(c, 300, 0, newX, "theirs"))
	m := Merge("x.lock.json", pinned(), ours, theirs)
	for side, pin := range []string{newA, newX} {
		want := with(theirs, key(c, pin))
		if diff := cmp.Diff(string(want.Encode()), string(kept(t, m.Data, side).Encode())); diff != "" {
			t.Errorf("side %d (-want +got):\n%s", side, diff)
		}
	}
}

// TestKeepOurs: git's base may have been merged itself, with conflicts.
func TestKeepOurs(t *testing.T) {
	id := AccountID("C")
	ours, theirs := with(pinned(), key(id, newA)), with(pinned(), key(id, newX))
	for name, data := range map[string][]byte{
		"conflicts": Merge("x", pinned(), ours, theirs).Data,
		"unread":    Unread(ours.Encode()),
		"none":      ours.Encode(),
	} {
		if got := KeepOurs(data); string(got) != string(ours.Encode()) {
			t.Errorf("%s: %s", name, got)
		}
	}
	git := "<<<<<<< HEAD\n{\n=======\n}\n>>>>>>> other\n"
	if got := KeepOurs([]byte(git)); string(got) != git {
		t.Errorf("git's own: %s", got)
	}
}

// TestAnUnreadLockIsRead by no command, whatever theirs is.
func TestAnUnreadLockIsRead(t *testing.T) {
	for _, ours := range []string{"", "{}", string(pinned().Encode())} {
		if _, diags := Parse("x.lock.json", Unread([]byte(ours))); len(diags) != 1 || diags[0].Subject.Start.Line != 1 || !strings.Contains(diags[0].Summary, "conflict markers") {
			t.Errorf("%q: %v", ours, diags)
		}
	}
}
