package diff

import (
	"slices"
	"strings"
	"testing"

	"jsc/emit"
	"jsc/emit/lock"
)

// A lock that is older than the last build gives back what builds since have
// revoked: each is a break.
func TestGivenBack(t *testing.T) {
	full := compile(t, topology)
	was := plan(t, full, lock.New(), start)
	less := strings.Replace(topology, `  to "B" {}`, "", 1)                                                                      // of calls
	less = strings.Replace(less, `  signing_key "plain" {}`, "  signing_key \"plain\" {}\n  revoke \"all\" { user = \"*\" }", 1) // of A
	less = strings.Replace(less, `user "app" {`, "user \"app\" {\n    tags = [\"t\"]", 1)                                        // of A
	last := plan(t, compile(t, less), was.Lock, start+100)
	folder := plan(t, full, last.Lock, start+200)

	back := plan(t, full, was.Lock, start+300)
	r := Compare(state(t, folder, back, false), state(t, back, back, true), back, "the last build")
	const until = " again with tokens issued until 2026-09-21T14:15:00Z: their revocation goes"
	want := []string{
		"A goes back to a token of 2026-09-21T14:13:20Z from one of 2026-09-21T14:16:40Z: the lock is older",
		"A takes B on calls.*" + until,
		"A takes every user" + until,
		"A takes user app (" + public("account/A/user/app") + ") again with tokens issued until 2026-09-21T14:16:40Z: their revocation goes",
		"B goes back to a token of 2026-09-21T14:13:20Z from one of 2026-09-21T14:16:40Z: the lock is older",
	}
	if !slices.Equal(r.Breaks, want) || r.Empty() {
		t.Errorf("breaks are\n%s", strings.Join(r.Breaks, "\n"))
	}

	// What ends every user ends the one whose own revocation goes.
	all := strings.Replace(topology, `  signing_key "plain" {}`, "  signing_key \"plain\" {}\n  revoke \"every\" { user = \"*\" }", 1)
	back = plan(t, compile(t, all), was.Lock, start+300)
	r = Compare(state(t, folder, back, false), state(t, back, back, true), back, "the last build")
	if slices.ContainsFunc(r.Breaks, func(b string) bool {
		return strings.Contains(b, "takes user app") || strings.Contains(b, "takes every user")
	}) {
		t.Errorf("every user is revoked, and breaks are\n%s", strings.Join(r.Breaks, "\n"))
	}

	same := plan(t, full, folder.Lock, start+300)
	if r := Compare(state(t, folder, same, false), state(t, same, same, true), same, "the last build"); !r.Empty() || len(r.Breaks) > 0 {
		t.Errorf("the right lock:\n%s", text(t, r))
	}
}

// A revocation that a build drops ends nothing that is in use, if what is compared
// with says so: the lock that drops it may have been made to say it.
func TestDroppedRevocations(t *testing.T) {
	was := plan(t, compile(t, topology), lock.New(), start)
	without := compile(t, strings.Replace(topology, `user "app" {`, `user "other" {`, 1)) // of A
	base := plan(t, without, was.Lock, start+100)
	id := lock.UserRevocationID(public("account/A"), public("account/A/user/app"))
	if r, revoked := base.Lock.Revoked[id]; !revoked || r.Expires != 0 {
		t.Fatalf("the user is revoked %v, until %d", revoked, r.Expires)
	}
	expiring := base.Lock.Clone()
	expiring.Revoked[id] = lock.Revocation{Before: base.Lock.Revoked[id].Before, Expires: start + 150}
	for _, c := range []struct {
		how  string
		base *lock.Lock
		want int
	}{{"the base says the same", expiring, 0}, {"the base has it for ever", base.Lock, 1}} {
		next := plan(t, without, expiring, start+150+emit.GraceAfterExpiry+1)
		if _, kept := next.Lock.Revoked[id]; kept {
			t.Fatal("the revocation is not dropped")
		}
		next.Since(c.base)
		r := Compare(state(t, base, next, false), state(t, next, next, true), next, "the base")
		if len(r.Breaks) != c.want {
			t.Errorf("%s: breaks are %q", c.how, r.Breaks)
		}
	}
}
