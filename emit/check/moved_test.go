package check

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
)

// moveKey does what jsc keys move does.
func (tr *tree) moveKey(from, to string) *tree {
	tr.t.Helper()
	l := tr.locked()
	if err := l.Move(from, to); err != nil {
		tr.t.Fatal(err)
	}
	tr.lock = l.Encode()
	return tr
}

// TestAMoveBeforeTheBuildIsStale: tokens, lock and manifest agree but for names.
func TestAMoveBeforeTheBuildIsStale(t *testing.T) {
	account := built(t).moveKey("account/A", "account/C")
	account.topology = strings.NewReplacer(`account "A"`, `account "C"`, "account.A", "account.C").Replace(account.topology)
	user := built(t).moveKey("account/A/user/app", "account/A/user/other").edit("  user \"app\" {}\n", "  user \"other\" {}\n")
	for name, tr := range map[string]*tree{"an account": account, "a user": user} {
		in := tr.input()
		in.Trust = public("operator/RETAIL", "")
		r := expect(t, name, in, "stale")
		text := says(r.Diagnostics)
		if !r.Trusted || !strings.Contains(text, "which was moved and not built yet") || strings.Contains(text, ".jwt is missing") {
			t.Errorf("%s: trusted %v\n%s", name, r.Trusted, text)
		}
		if i := slices.IndexFunc(r.Diagnostics, func(d *hcl.Diagnostic) bool { return !Mended(d) }); i >= 0 {
			t.Errorf("%s: no build mends %s", name, r.Diagnostics[i].Summary)
		}
	}
	expect(t, "built", user.clone().build(start+50).input(), "")

	// What the manifest lists otherwise, or not, is foreign as ever; so is another
	// token of that key.
	const moved = "users/A/app.jwt"
	for name, change := range map[string]func(tr *tree){
		"another file than the manifest's": func(tr *tree) { tr.folder[moved] += "\n" },
		"not in the manifest":              func(tr *tree) { tr.folder["users/A/x.jwt"] = tr.folder[moved]; delete(tr.folder, moved) },
		"beside the one of the new name":   func(tr *tree) { tr.folder["users/A/other.jwt"] = tr.folder[moved] },
	} {
		tr := user.clone()
		change(tr)
		if got := verdict(run(t, tr.input())); !strings.Contains(got, "artifact-foreign") {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// TestARotationBeforeTheBuild: nothing bears the new key out, and it is said why.
func TestARotationBeforeTheBuild(t *testing.T) {
	for _, id := range []string{"account/A/user/app", "account/A/signing/plain", "account/A/signing/role"} {
		tr := built(t)
		l := tr.locked()
		l.Retire(id, l.Keys[id])
		l.Keys[id] = public(id, "mine")
		tr.lock = l.Encode()
		r := expect(t, id, tr.input(), "key-unproven")
		if text := says(r.Diagnostics); !strings.Contains(text, "it was rotated and not built yet") {
			t.Errorf("%s: %s", id, text)
		}
		for _, d := range r.Diagnostics {
			if !Mended(d) {
				t.Errorf("%s: no build mends %s", id, d.Summary)
			}
		}
		expect(t, id+", built", tr.build(start+50).input(), "")
	}

	tr := built(t).moveKey("account/A/user/app", "account/A/user/other").edit("  user \"app\" {}\n", "  user \"other\" {}\n")
	l := tr.locked()
	l.Retire("account/A/user/other", l.Keys["account/A/user/other"])
	l.Keys["account/A/user/other"] = public("account/A/user/other", "")
	tr.lock = l.Encode()
	expect(t, "rotated and moved", tr.input(), "key-unproven")

	// A key that no retirement speaks for is a forgery as ever, and a base's stays.
	tr = built(t)
	l = tr.locked()
	l.Keys["account/A/user/app"] = public("account/A/user/app", "mine")
	tr.lock = l.Encode()
	expect(t, "not retired", tr.input(), "lock-forged")
	l.Retire("account/A/user/app", public("account/A/user/app", ""))
	tr.lock = l.Encode()
	in := tr.input()
	in.Base = built(t).locked()
	expect(t, "with a base", in, "key-unproven lock-rollback")
}
