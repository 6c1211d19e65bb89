package diff

import (
	"slices"
	"strings"
	"testing"

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

	same := plan(t, full, folder.Lock, start+300)
	if r := Compare(state(t, folder, same, false), state(t, same, same, true), same, "the last build"); !r.Empty() || len(r.Breaks) > 0 {
		t.Errorf("the right lock:\n%s", text(t, r))
	}
}
