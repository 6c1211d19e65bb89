package diff

import (
	"strings"
	"testing"

	"jsc/emit/lock"
)

// A plan says how an expiry changes, and nothing of a lifetime that begins anew.
func TestExpiries(t *testing.T) {
	const user = "access { publish = [account.A.stream.S] }"
	with := func(more string) string { return strings.Replace(topology, user, user+"\n    "+more, 1) }
	for name, c := range map[string]struct{ old, new, says, not string }{
		"a user's is shorter":    {with(`expires = "60d"`), with(`expires = "30d"`), "  ~ A/app  disconnects, hand-over, reload: its former token is revoked; new credentials go to its owner\n      expires: 60d → 30d\n", "says something else\n      "},
		"a user's is new":        {topology, with(`expires = "30d"`), "      expires: 30d is new\n", ""},
		"a user's goes":          {with(`expires = "30d"`), topology, "      expires: 30d is gone\n", ""},
		"a moment":               {with(`expires = "2027-03-01T00:30:01Z"`), with(`expires = "2027-04-01T00:30:01Z"`), "      expires: 2027-03-01T00:30:01Z → 2027-04-01T00:30:01Z\n", ""},
		"another change, later":  {with(`expires = "30d"`), with("expires = \"30d\"\n    tags = [\"t\"]"), "tags: t is new\n", "expires"},
		"an account's":           {topology, strings.Replace(topology, `account "B" {`, "account \"B\" {\n  expires = \"365d\"", 1), "  ~ B  reload\n      expires: 365d is new\n", ""},
		"a share's, for EXT":     {topology, strings.Replace(topology, `expires = "90d"`, `expires = "60d"`, 1), "Shares\n  ~ calls: A → EXT\n      expires: 90d → 60d\n", "calls: A → B"},
		"a share's, for all":     {topology, strings.Replace(topology, `share "work" {`, "share \"work\" {\n  expires = \"30d\"", 1), "Shares\n  ~ work: A → B\n      expires: 30d is new\n", "calls"},
		"a bearer's that is not": {with("bearer = true"), topology, "      it is no bearer's, and its former token is in no file to compare with, as those of bearers\n", "says something else\n      "},
	} {
		got := text(t, compare(t, c.old, c.new, 100))
		if !strings.Contains(got, c.says) || c.not != "" && strings.Contains(got, c.not) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// What has another name, by jsc keys move, is compared with what it was: to servers
// an account is its key, and its streams are where they were.
func TestMovedTokens(t *testing.T) {
	built := plan(t, compile(t, topology), lock.New(), start)
	for _, m := range [][2]string{{"A", "Z"}, {"B", "C"}} {
		moved := built.Lock.Clone()
		if err := moved.Move("account/"+m[0], "account/"+m[1]); err != nil {
			t.Fatal(err)
		}
		old, new := `account "`+m[0]+`" {`, "account \""+m[0]+"\" {\n  name = \""+m[1]+`"`
		topology := compileWith(t, strings.Replace(topology, old, new, 1), func(id string) (string, bool) {
			return public(strings.Replace(id, "account/"+m[1], "account/"+m[0], 1)), true
		})
		p := plan(t, topology, moved, start+100)
		r := Compare(state(t, built, p, false), state(t, p, p, true), p, "the last build")
		if got := text(t, r); !strings.Contains(got, "  ~ "+m[1]+"  reload") || !strings.Contains(got, "\n      name: "+m[0]+" → "+m[1]+"\n") {
			t.Error(got)
		}
		for _, ch := range r.Changes {
			if ch.Action != Alter {
				t.Errorf("%s to %s: %s %s %s", m[0], m[1], ch.Action, ch.Kind, ch.Name)
			}
		}
	}
}

// Of a token that has expired a plan says so: whoever holds it is out already.
func TestExpired(t *testing.T) {
	with := strings.Replace(topology, `user "app" {`, "user \"app\" {\n    expires = \"30d\"", 1)
	const day = 24 * 60 * 60
	for later, says := range map[int64]string{
		29 * day: "new credentials go to its owner before the old ones end\n      renewed: it would expire at 2026-10-21T14:13:20Z\n",
		30 * day: "its former token has expired; new credentials go to its owner\n      renewed: it expired at 2026-10-21T14:13:20Z\n",
	} {
		if got := text(t, compare(t, with, with, later)); !strings.Contains(got, "~ A/app  hand-over: "+says) {
			t.Error(got)
		}
	}
}
