package check

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema/diag"
)

// expect holds what a check finds.
func expect(t *testing.T, how string, in Input, want string) *Report {
	t.Helper()
	r := run(t, in)
	if got := verdict(r); got != want {
		t.Errorf("%s: %q, not %q\n%s", how, got, want, says(r.Diagnostics))
	}
	return r
}

func TestRootOfTrust(t *testing.T) {
	tr := built(t)
	mine := (&tree{t: t, topology: topology, keys: "mine"}).build(start)
	operator := public("operator/RETAIL", "")

	in := mine.input()
	in.Trust = operator
	const another = "--trust, or JSC_TRUST, names another operator"
	r := expect(t, "another operator than the trusted one", in, "artifact-tampered")
	if said := says(r.Diagnostics); r.Trusted || !strings.Contains(said, another) {
		t.Errorf("trusted %v\n%s", r.Trusted, said)
	}
	// Another key has other tokens: the key is one mistake, whatever it signs for.
	in = mine.input()
	in.Base = tr.locked()
	for _, d := range expect(t, "all keys are others", in, "artifact-tampered lock-rollback").Diagnostics {
		if strings.Contains(d.Summary, "the token of account/A says") {
			t.Errorf("told besides the key: %s", d.Summary)
		}
	}
	// Whoever accepts all of them, accounts' too, accepts that nobody revokes what
	// the former ones signed: their accounts are others.
	later := (&tree{t: t, topology: topology, keys: "mine"}).build(start + 50)
	in = later.input()
	in.Base, in.Accept = tr.locked(), later.locked().Keys
	expect(t, "all keys accepted", in, "")
	// A new key for the operator and for a user, made by who has the old ones.
	moved := tr.clone().relock(func(l *lock.Lock) {
		l.Keys["operator/RETAIL"] = public("operator/RETAIL", "mine")
		l.Keys["account/A/user/app"] = public("account/A/user/app", "mine")
	}).build(start + 50)
	in = moved.input()
	in.Base, in.Accept = tr.locked(), map[string]string{}
	expect(t, "new keys", in, "artifact-tampered lock-rollback")
	in.Accept["operator/RETAIL"] = public("operator/RETAIL", "mine")
	expect(t, "a new operator's key accepted", in, "lock-rollback")
	in.Accept["account/A/user/app"] = public("account/A/user/app", "mine")
	if r := expect(t, "new keys accepted", in, ""); !r.Trusted {
		t.Error("not trusted, though its operator was accepted")
	}
	in.Accept["operator/RETAIL"] = public("operator/RETAIL", "other")
	expect(t, "another operator than the accepted one", in, "artifact-tampered lock-rollback")

	in = tr.input()
	in.Require = true
	expect(t, "nothing to trust, where it is required", in, "key-unproven")
	in.Base = lock.New()
	expect(t, "a base that pins nothing", in, "key-unproven")
	in.Trust = operator
	if r := expect(t, "trusted", in, ""); !r.Trusted {
		t.Error("not trusted")
	}
	delete(tr.folder, "operator.jwt")
	delete(tr.folder, "operator.conf")
	in.Base = nil
	expect(t, "no operator token", in, "key-unproven")
}

// With somebody else's operator accounts sign themselves; only a base tells
// whose they are.
func TestExternalOperator(t *testing.T) {
	text := `
operator "THEIRS" {
  external   = true
  public_key = "OPKEY"
}
account "A" {
  user "u" {}
}
`
	tr := &tree{t: t, topology: strings.ReplaceAll(text, "OPKEY", public("operator/THEIRS", ""))}
	tr.build(start)
	in := tr.input()
	in.Require, in.Trust = true, public("operator/THEIRS", "")
	for _, in.Trust = range []string{"", in.Trust} {
		if said := says(expect(t, "without a base", in, "key-unproven").Diagnostics); !strings.Contains(said, "help: Compare with --base REV") {
			t.Errorf("without a base, %q trusted, nothing says that only one helps:\n%s", in.Trust, said)
		}
	}
	in.Trust = public("operator/THEIRS", "mine")
	if said := says(expect(t, "another is trusted", in, "key-unproven").Diagnostics); !strings.Contains(said, "--trust, or JSC_TRUST, names another operator") {
		t.Error(said)
	}
	in.Base, in.Trust = tr.locked(), public("operator/THEIRS", "")
	if r := expect(t, "with a base", in, ""); !r.Trusted {
		t.Error("not trusted")
	}
	other := &tree{t: t, topology: tr.topology, keys: "mine"}
	other.build(start)
	in = other.input()
	in.Base = tr.locked()
	expect(t, "other keys than the base's", in, "lock-rollback")
	tr.resign("accounts/A.jwt", "account/B", "", nothing)
	expect(t, "an account that another signs", tr.input(), "artifact-tampered")
}

// Who may change the topology may not choose the root of trust by it: an
// operator that turns external, another name for it, or none, would leave
// accounts that anybody can sign.
func TestRootOfTrustGivenUp(t *testing.T) {
	full, base := built(t).locked(), lock.New() // all else that a base says has tests of its own
	base.Keys["operator/RETAIL"], base.Tokens["operator/RETAIL"] = full.Keys["operator/RETAIL"], full.Tokens["operator/RETAIL"]
	outside := func(text, keys string) *tree { return (&tree{t: t, topology: text, keys: keys}).build(start) }
	const account = "account \"MINE\" {}\n"
	external := func(name, key string) string {
		return fmt.Sprintf("operator %q {\n  external   = true\n  public_key = %q\n}\n%s", name, key, account)
	}
	for _, c := range []struct {
		how, text, want string
	}{
		{"external now", external("RETAIL", public("operator/RETAIL", "")), "key-unproven"},
		{"external, and another", external("RETAIL", public("operator/RETAIL", "mine")), "key-unproven lock-rollback"},
		{"another name", external("OTHER", public("operator/OTHER", "mine")), "key-unproven"},
		{"another name, signed", "operator \"OTHER\" {}\n" + account, "key-unproven"},
		{"none", fmt.Sprintf("account \"MINE\" {\n  external   = true\n  public_key = %q\n}\n", public("account/MINE", "mine")), "key-unproven"},
	} {
		in := outside(c.text, "mine").input()
		in.Base = base
		for _, in.Require = range []bool{true, false} {
			if r := expect(t, c.how, in, c.want); r.Trusted {
				t.Errorf("%s: trusted", c.how)
			}
		}
	}
	never := outside(fmt.Sprintf("account \"MINE\" {\n  external   = true\n  public_key = %q\n}\n", public("account/MINE", "mine")), "mine").input()
	if r := expect(t, "no operator and no base", never, ""); r.Trusted {
		t.Error("no operator and no base: trusted")
	}
	never.Base, never.Require = never.Lock.Clone(), true
	if r := expect(t, "no operator, as in the base", never, ""); !r.Trusted {
		t.Error("no operator, as in the base: not trusted")
	}
	in := outside("operator \"OTHER\" {}\n"+account, "mine").input()
	in.Base = base
	accept := "--accept-key operator/OTHER=" + public("operator/OTHER", "mine")
	if said := says(expect(t, "another name, signed", in, "key-unproven").Diagnostics); !strings.Contains(said, accept) {
		t.Errorf("no way to mean another operator:\n%s", said)
	}
	hostile := outside("operator \"O$(id)\" {}\n"+account, "mine").input()
	hostile.Base = base
	if said := says(expect(t, "a name that a shell runs", hostile, "key-unproven").Diagnostics); !strings.Contains(said, "--accept-key 'operator/O$(id)="+public("operator/O$(id)", "mine")+"'.") {
		t.Errorf("not quoted for a shell:\n%s", said)
	}
	in.Accept = map[string]string{"operator/OTHER": public("operator/OTHER", "mine")}
	if r := expect(t, "another name, accepted", in, ""); !r.Trusted {
		t.Error("another name, accepted: not trusted")
	}
	in = outside(external("RETAIL", public("operator/RETAIL", "")), "mine").input()
	in.Base, in.Require, in.Accept = base, true, map[string]string{"operator/RETAIL": public("operator/RETAIL", "")}
	if r := expect(t, "external, and accepted", in, ""); !r.Trusted {
		t.Error("external, and accepted: not trusted")
	}
	in = outside(external("THEIRS", public("operator/THEIRS", "mine")), "mine").input()
	in.Base, in.Trust = base, public("operator/RETAIL", "")
	if r := expect(t, "another than the trusted one", in, "key-unproven"); r.Trusted {
		t.Error("another than the trusted one: trusted")
	}
}

func TestTimes(t *testing.T) {
	in := built(t).input()
	for _, c := range []struct {
		days int64
		want string
	}{{0, ""}, {19, ""}, {21, "token-due"}, {30, "token-expired"}} {
		in.Now = start + c.days*86400
		r := run(t, in)
		rules := ""
		for _, d := range r.Diagnostics {
			rules += rule(d)
		}
		if rules != c.want || c.want != "" && (verdict(r) != "stale" || !Mended(r.Diagnostics[0])) {
			t.Errorf("after %d days: %q\n%s", c.days, rules, says(r.Diagnostics))
		}
	}
	fixed := (&tree{t: t, topology: topology}).edit(`expires = "30d"`, `expires = "2026-09-22"`).build(start).input()
	fixed.Now = start + 2*86400
	if r := expect(t, "a time that the topology names", fixed, "stale"); Mended(r.Diagnostics[0]) || !strings.Contains(says(r.Diagnostics), "choose a later time") {
		t.Errorf("a build is said to mend it:\n%s", says(r.Diagnostics))
	}
	in.Now = start - emit.MaxAhead - 1
	r := expect(t, "long before it was built", in, "iat-in-future")
	if n := len(in.Lock.Tokens); len(r.Diagnostics) != 1 || diag.Of(r.Diagnostics[0]).More != n-1 {
		t.Errorf("%d tokens from the future are not told at once: %v", n, r.Diagnostics)
	}
	in.Now = start - emit.MaxAhead
	expect(t, "before it was built", in, "")
}

// A build that is older than the base's brings back what the base took away.
func TestRolledBack(t *testing.T) {
	old := built(t)
	base := old.clone().edit("  user \"app\" {}\n", "").build(start + 50)
	base.edit(`disk = "1GiB"`, `disk = "2GiB"`).build(start + 60)
	in := old.input()
	in.Base = base.locked()
	r := expect(t, "an older build", in, "lock-rollback")
	text := says(r.Diagnostics)
	for _, want := range []string{"the token of account/A was issued", "the base revokes"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not told:\n%s", want, text)
		}
	}
	// A revocation that is of no use any more may go.
	in = built(t).input()
	in.Base = in.Lock.Clone()
	id := lock.UserRevocationID(in.Lock.Keys["account/B"], public("account/B/user/gone", ""))
	in.Base.Revoked[id] = lock.Revocation{Before: start, Expires: in.Now - emit.GraceAfterExpiry}
	expect(t, "a revocation just past", in, "lock-rollback")
	in.Base.Revoked[id] = lock.Revocation{Before: start, Expires: in.Now - emit.GraceAfterExpiry - 1}
	expect(t, "a revocation long past", in, "")

	// What the base revokes may be revoked for longer, and for ever, not for less.
	strangers := lock.UserRevocationID(public("account/GONE", ""), public("account/GONE/user/gone", ""))
	tr := built(t).clone().relock(func(l *lock.Lock) { l.Revoked[strangers] = lock.Revocation{Before: start, Expires: start + 1000000} })
	for exp, want := range map[int64]string{0: "lock-rollback", start + 1000001: "lock-rollback", start + 1000000: "", start + 999999: ""} {
		in = tr.input()
		in.Base = in.Lock.Clone()
		in.Base.Revoked[strangers] = lock.Revocation{Before: start, Expires: exp}
		expect(t, fmt.Sprintf("a revocation that the base ends at %d", exp), in, want)
	}

	in.Base = in.Lock.Clone()
	in.Base.Retire("account/A/signing/old", public("account/A/signing/old", ""))
	expect(t, "a key that was retired", in, "lock-rollback")
	kept := in.Base
	in = tr.clone().relock(func(l *lock.Lock) { l.Retired = kept.Clone().Retired }).input()
	in.Base = kept
	expect(t, "a key that is retired still", in, "")
	in.Base = in.Base.Clone()
	in.Base.Retire("account/B/signing/old", public("account/B/signing/old", ""))
	expect(t, "one of two keys that were retired", in, "lock-rollback")
}

// What a build on the base would revoke is revoked, for as long as the base's token
// is good: also that of an account that went, as it may come back with its key.
func TestLostRevocations(t *testing.T) {
	base := built(t)
	app, importer := lock.UserRevocationID(base.locked().Keys["account/A"], base.locked().Keys["account/A/user/app"]), base.locked().Keys["account/B"]
	expiring := lock.UserRevocationID(importer, base.locked().Keys["account/B/user/app"])
	gone := base.clone().edit("  user \"app\" {}\n", "").edit("  user \"app\" { expires = \"30d\" }\n", "").build(start + 50)
	without := func(tr *tree) *tree { // the accounts A and B, and what is between them
		text := tr.topology
		tr.topology = text[:strings.Index(text, "account \"A\"")] + text[strings.Index(text, "account \"EXT\""):strings.Index(text, "share")]
		return tr.build(start + 50)
	}
	accounts := without(base.clone())
	if was, is := len(gone.locked().Revoked), len(accounts.locked().Revoked); was != 2 || is < 8 {
		t.Fatalf("%d users are revoked, and %d tokens with their accounts", was, is)
	}
	end := func(id string, exp int64) func(*lock.Lock) {
		return func(l *lock.Lock) {
			r := l.Revoked[id]
			if r.Before == 0 {
				t.Fatalf("%s is not revoked", id)
			}
			r.Expires = exp
			l.Revoked[id] = r
		}
	}
	nothing := func(*lock.Lock) {}
	exp := base.locked().Tokens["account/B/user/app"].Expires
	for _, c := range []struct {
		how    string
		tree   *tree
		change func(*lock.Lock)
		want   string
	}{
		{"users went", gone, nothing, ""},
		{"a user's revocation expires, and the user's token does not", gone, end(app, start+1000000), "lock-rollback"},
		{"it expires before it was made", gone, end(app, start-1000000), "lock-forged lock-rollback"},
		{"a user's revocation expires before the user's token", gone, end(expiring, exp-1), "lock-rollback"},
		{"and later", gone, end(expiring, exp+1), ""},
		{"accounts went", accounts, nothing, ""},
		{"accounts went, and what they revoke", accounts, func(l *lock.Lock) { clear(l.Revoked) }, "lock-rollback"},
		{"a revocation of an account that went ends what is older than the token", accounts, func(l *lock.Lock) {
			l.Revoked[app] = lock.Revocation{Before: base.locked().Tokens["account/A/user/app"].IssuedAt - 1}
		}, "lock-rollback"},
		{"a revocation of an account that went expires", accounts, end(app, start+1000000), "lock-rollback"},
	} {
		in := c.tree.clone().relock(c.change).input()
		in.Base = base.locked()
		expect(t, c.how, in, c.want)
	}
	// Who accepts the key that the base has accepts no other account in its place.
	same := accounts.clone().relock(func(l *lock.Lock) { clear(l.Revoked) }).input()
	same.Base, same.Accept = base.locked(), map[string]string{}
	for _, name := range []string{"A", "B"} {
		id := lock.AccountID(name)
		same.Accept[id] = same.Base.Keys[id]
		same.Lock.Keys[id] = same.Base.Keys[id]
	}
	if got := verdict(run(t, same)); !strings.Contains(got, "lock-rollback") {
		t.Errorf("an accepted key that is the base's: %q", got)
	}
	// Once the token has expired, and a day has passed, a build may leave it out.
	in := accounts.clone().relock(func(l *lock.Lock) { delete(l.Revoked, expiring) }).input()
	in.Base, in.Now = base.locked(), exp+emit.GraceAfterExpiry
	expect(t, "a revocation just past", in, "lock-rollback")
	in.Now++
	expect(t, "a revocation long past", in, "")
}

// A revocation from the future would end a share for ever that is made later.
func TestRevocationsFromTheFuture(t *testing.T) {
	tr := built(t)
	l := tr.locked()
	for _, id := range []string{
		lock.RevocationID(l.Keys["account/A"], "stream", ">", l.Keys["account/B"]),
		lock.UserRevocationID(public("account/C", ""), "*"),
	} {
		for ahead, want := range map[int64]string{emit.MaxAhead: "", emit.MaxAhead + 1: "iat-in-future"} {
			in := tr.input()
			in.Base = l
			in.LockData = tr.clone().relock(func(l *lock.Lock) { l.Revoked[id] = lock.Revocation{Before: in.Now + ahead} }).lock
			in.Lock, _ = lock.Parse("t.lock.json", in.LockData)
			r := expect(t, id, in, want)
			if text := says(r.Diagnostics); want != "" && (!strings.Contains(text, "the revocation "+id) || !strings.Contains(text, "t.lock.json:")) {
				t.Error(text)
			}
		}
	}
}

// What a build revoked stands in the account's token as well: to take it out of
// the lock shows without a base.
func TestRevocationsComeFromTokens(t *testing.T) {
	tr := built(t).edit("  user \"app\" {}\n", "").build(start + 50)
	tr.edit(tr.topology[strings.Index(tr.topology, "share \"work\""):], "").build(start + 60)
	l := tr.locked()
	if len(l.Revoked) == 0 {
		t.Fatal("nothing is revoked")
	}
	for id := range l.Revoked {
		changed := tr.clone().relock(func(l *lock.Lock) { delete(l.Revoked, id) })
		if strings.HasPrefix(id, l.Keys["account/A"]) && strings.Contains(id, "/user/") {
			expect(t, "without "+id, changed.input(), "lock-forged")
		}
		in := changed.input()
		in.Base = l
		if got := verdict(run(t, in)); !strings.Contains(got, "lock-rollback") {
			t.Errorf("without %s, against the base: %q", id, got)
		}
	}
}

// The lock of a newer build with the artifacts of an older one do not agree.
func TestNewLockOldArtifacts(t *testing.T) {
	old := built(t)
	next := old.clone().edit(`disk = "1GiB"`, `disk = "2GiB"`).build(start + 50)
	next.folder = old.folder
	expect(t, "old artifacts", next.input(), "lock-forged")
}

// In the build that introduces an operator signing key the accounts stay as
// they are. Nothing is wrong with that, and the next build moves them.
func TestAnOperatorSigningKeyWaits(t *testing.T) {
	tr := built(t).edit(`operator "RETAIL" {}`, "operator \"RETAIL\" {\n  signing_key \"sk\" {}\n}")
	expect(t, "not built", tr.input(), "stale")
	tr.build(start + 50)
	r := expect(t, "built", tr.input(), "")
	if !slices.Equal(r.Waiting, []string{"operator/RETAIL/signing/sk"}) {
		t.Errorf("waiting: %q", r.Waiting)
	}
	// What changes meanwhile is told.
	expect(t, "edited", tr.clone().edit(`disk = "1GiB"`, `disk = "2GiB"`).input(), "stale")
	tr.build(start + 60)
	if r := expect(t, "built again", tr.input(), ""); len(r.Waiting) > 0 {
		t.Errorf("waiting: %q", r.Waiting)
	}
	issuer := tr.folder["accounts/B.json"]
	if !strings.Contains(issuer, public("operator/RETAIL/signing/sk", "")) {
		t.Errorf("not signed by the new key:\n%s", issuer)
	}
	// Back to a key that signed before is a change like any other.
	back := tr.clone().edit(`account "B" {`, "account \"C\" {\n  signed_by = \"sk\"\n}\naccount \"B\" {")
	expect(t, "another account", back.input(), "stale")
}

// How a token differs is told in words.
func TestStaleInWords(t *testing.T) {
	r := run(t, built(t).edit(`disk = "1GiB"`, `disk = "2GiB"`).input())
	text := says(r.Diagnostics)
	if !strings.Contains(text, "JetStream disk: 1 GiB → 2 GiB") {
		t.Error(text)
	}
	r = run(t, built(t).edit(`subjects  = ["s.>"]`, `subjects  = ["s.>", "r"]`).input())
	if text := says(r.Diagnostics); !strings.Contains(text, "subjects: r is new") || !strings.Contains(text, "generated/jetstream/A/S.json:1:1") {
		t.Error(text)
	}
}

// A lock that is missing beside what was made with it is one mistake, however
// many tokens there are, and no build mends it.
func TestAMissingLock(t *testing.T) {
	tr := built(t).clone()
	base := tr.locked()
	tr.lock = nil
	in := tr.input()
	alone := summaries(run(t, in).Diagnostics)
	in.Base = base
	for how, found := range map[string][]string{"alone": alone, "against the base": summaries(run(t, in).Diagnostics)} {
		if len(found) != 1 || !strings.Contains(found[0], "the lock is missing") || !strings.Contains(found[0], "[lock-forged]") {
			t.Errorf("%s: %q", how, found)
		}
	}
	tr.folder["accounts/MINE.jwt"] = "mine"
	if found := summaries(run(t, tr.input()).Diagnostics); !slices.ContainsFunc(found, func(s string) bool { return strings.Contains(s, "[artifact-foreign]") }) {
		t.Errorf("a foreign token: %q", found)
	}
}
