package check

import (
	"fmt"
	"strings"
	"testing"

	"jsc/emit/lock"
)

// unsigned is a check of a tree where only the base's branch is built, which is
// as the tree is, and whose topology gets another text.
func unsigned(t *testing.T, base *tree, topology string) Input {
	t.Helper()
	next := base.clone()
	next.topology = topology
	in := next.input()
	in.Base, in.Require = base.locked(), true
	in.Unsigned = &State{base.lock, base.folder}
	return in
}

// Where only main is built, the base's tokens are what is trusted, and keys that a
// topology writes are what the next build would take.
func TestUnsigned(t *testing.T) {
	base := built(t)
	operator, mine := public("operator/RETAIL", ""), public("operator/RETAIL", "mine")
	change := func(old, new string) string {
		if !strings.Contains(topology, old) {
			t.Fatalf("the topology has no %s", old)
		}
		return strings.Replace(topology, old, new, 1)
	}
	external := func(key string) string {
		return change(`operator "RETAIL" {}`, fmt.Sprintf("operator \"RETAIL\" {\n  external = true\n  public_key = %q\n}", key))
	}
	another := change(`operator "RETAIL" {}`, fmt.Sprintf("operator \"RETAIL\" {\n  public_key = %q\n}", mine))
	renamed := change(`operator "RETAIL" {}`, fmt.Sprintf("operator \"OTHER\" {\n  public_key = %q\n}", mine))
	account := change(`account "B" {`, fmt.Sprintf("account \"B\" {\n  public_key = %q", public("account/B", "mine")))
	user := change(`user "app" {}`, fmt.Sprintf("user \"app\" {\n    public_key = %q\n  }", public("account/A/user/app", "mine")))
	for _, c := range []struct {
		how, topology, trust string
		accept               map[string]string
		want                 string
	}{
		{"as it was", topology, "", nil, ""},
		{"as it was, with its operator trusted", topology, operator, nil, ""},
		{"more in the topology", topology + "account \"NEW\" {\n  user \"u\" {}\n}\n", operator, nil, ""},
		{"less in the topology", change("  user \"app\" {}\n", ""), operator, nil, ""},
		{"a new account that brings its key", topology + fmt.Sprintf("account \"NEW\" {\n  public_key = %q\n}\n", public("account/NEW", "")), operator, nil, ""},
		{"the keys that it has, written", change(`operator "RETAIL" {}`, fmt.Sprintf("operator \"RETAIL\" {\n  public_key = %q\n}", operator)), operator, nil, ""},
		{"another operator is trusted", topology, mine, nil, "artifact-tampered"},
		{"an operator that is somebody else's", external(mine), "", nil, "key-unproven lock-rollback"},
		{"an operator that is somebody else's, where the base's is trusted", external(mine), operator, nil, "key-unproven lock-rollback"},
		{"an operator that signs no more", external(operator), operator, nil, "key-unproven"},
		{"an operator that signs no more, accepted", external(operator), operator, map[string]string{"operator/RETAIL": operator}, ""},
		{"another operator's key", another, "", nil, "lock-rollback"},
		{"another operator's key, where the base's is trusted", another, operator, nil, "lock-rollback"},
		{"another operator's key, accepted", another, operator, map[string]string{"operator/RETAIL": mine}, ""},
		{"another operator", renamed, "", nil, "key-unproven"},
		{"another operator, where it is trusted", renamed, mine, nil, "artifact-tampered"},
		{"another operator, accepted", renamed, "", map[string]string{"operator/OTHER": mine}, ""},
		{"another account's key", account, "", nil, "lock-rollback"},
		{"another account's key, accepted", account, "", map[string]string{"account/B": public("account/B", "mine")}, ""},
		{"another key than the accepted one", account, "", map[string]string{"account/B": public("account/B", "other")}, "lock-rollback"},
		{"another user's key", user, "", nil, "lock-rollback"},
	} {
		in := unsigned(t, base, c.topology)
		in.Trust, in.Accept = c.trust, c.accept
		if r := expect(t, c.how, in, c.want); r.Trusted != (c.want == "") {
			t.Errorf("%s: trusted %v", c.how, r.Trusted)
		}
		agree(t, c.how, in)
	}

	for _, a := range []struct {
		how    string
		commit func(*tree)
		want   string
	}{
		{"an account that the operator did not sign", func(tr *tree) { tr.resign("accounts/A.jwt", "operator/EVE", "", nothing) }, "artifact-tampered"},
		{"a user that the account did not sign", func(tr *tree) { tr.resign("users/A/app.jwt", "account/B", "", nothing) }, "artifact-tampered"},
		{"no operator token", func(tr *tree) { delete(tr.folder, "operator.jwt"); delete(tr.folder, "operator.conf") }, "key-unproven"},
		{"a lock that says otherwise", func(tr *tree) { tr.relock(func(l *lock.Lock) { setIssued(l, "account/A", start+1) }) }, "lock-forged"},
	} {
		tr := base.clone()
		a.commit(tr)
		in := unsigned(t, tr, tr.topology)
		if r := expect(t, "the base has "+a.how, in, a.want); r.Trusted {
			t.Errorf("the base has %s: trusted", a.how)
		}
		agree(t, a.how, in)
	}

	// What is not the base's is that, and nothing else.
	in := unsigned(t, base, another)
	in.Folder = base.clone().resign("accounts/A.jwt", "operator/EVE", "", nothing).folder
	expect(t, "not the base's", in, "artifact-tampered")
}

// Before the first build there is nothing to believe, and nothing that is believed.
func TestUnsignedUnbuilt(t *testing.T) {
	none := &tree{t: t, topology: topology, folder: files{}}
	in := unsigned(t, none, topology)
	expect(t, "no operator is named", in, "key-unproven")
	in.Require = false
	if r := expect(t, "none has to be", in, ""); r.Trusted || r.Why == "" {
		t.Errorf("trusted %v, %q", r.Trusted, r.Why)
	}
	in.Require, in.Trust = true, public("operator/RETAIL", "")
	expect(t, "one is trusted", in, "")
	none.lock = lock.New().Encode()
	none.relock(func(l *lock.Lock) { l.Keys["operator/RETAIL"] = public("operator/RETAIL", "") })
	in = unsigned(t, none, topology)
	expect(t, "the base pins it", in, "")
	in.Trust = public("operator/RETAIL", "mine")
	expect(t, "the base pins another than the trusted one", in, "key-unproven")
}
