package check

import (
	"strings"
	"testing"
)

// TestAFormerBearerUserIsStale: no file holds, or held, the token of a user that
// was a bearer user when the last build ran, so that nothing proves its key. That
// is no reason to distrust the tree.
func TestAFormerBearerUserIsStale(t *testing.T) {
	const bearer = `user "token" { bearer = true }`
	for name, now := range map[string]string{"gone": "", "ordinary": `user "token" {}`} {
		in := built(t).edit(bearer, now).input()
		in.Trust = public("operator/RETAIL", "")
		r := expect(t, name, in, "stale")
		for _, d := range r.Diagnostics {
			if !Mended(d) {
				t.Errorf("%s: no build mends %s", name, d.Summary)
			}
		}
		if text := says(r.Diagnostics); !strings.Contains(text, "account/A/user/token") && !strings.Contains(text, "users/A/token") {
			t.Errorf("%s: nothing says of whom:\n%s", name, text)
		}

		// The base knows another key.
		l := built(t).locked()
		l.Keys["account/A/user/token"] = public("account/A/user/token", "mine")
		in.Base = l
		expect(t, name+", and another in the base", in, "key-unproven lock-rollback")
	}

	// A user whose token the last build listed was none.
	for name, now := range map[string]string{"gone": "", "changed": `  user "app" { tags = ["x"] }` + "\n"} {
		tr := built(t).edit("  user \"app\" {}\n", now)
		delete(tr.folder, "users/A/app.jwt")
		in := tr.input()
		in.Trust = public("operator/RETAIL", "")
		expect(t, "ordinary, its token lost, "+name, in, "key-unproven")
	}
}
