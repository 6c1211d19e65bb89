package diff

import (
	"slices"
	"strings"
	"testing"

	"jsc/emit/lock"

	"jsc/schema"
)

// With a full resolver, or a cache, accounts are pushed, exporters first, whatever their names.
func TestPushOrder(t *testing.T) {
	full := strings.Replace(topology, `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", 1)
	r := compare(t, full, strings.Replace(full, `"calls.*"`, `"other.*"`, 1), 100)
	if got := text(t, r); !strings.Contains(got, "read each answer, in this order: A, B\n") {
		t.Error(got)
	}
	cache := strings.Replace(full, `"full"`, `"cache"`, 1)
	if got := text(t, compare(t, cache, strings.Replace(cache, `"calls.*"`, `"other.*"`, 1), 100)); !strings.Contains(got, "read each answer, in this order: A, B\n") {
		t.Error(got)
	}
	swapped := strings.NewReplacer(`account "A"`, `account "Z"`, "account.A", "account.Z").Replace(full)
	r = compare(t, swapped, strings.Replace(swapped, `"calls.*"`, `"other.*"`, 1), 100)
	if got := text(t, r); !strings.Contains(got, "read each answer, in this order: Z, B\n") {
		t.Error(got)
	}
}

// Servers reload before accounts are pushed whose limits they must have room for
// (TestRoomBeforePush in emit/verify), and also where nothing but a setting, or
// no other account, changes.
func TestReloadFirst(t *testing.T) {
	const limited = "server {\n  jetstream { max_file = \"3GiB\" }"
	memory := strings.Replace(alone, "server {", limited, 1)
	full := strings.Replace(alone, `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", 1)
	const reload, push = "1. Reload the servers: nats-server --signal reload.\n", "Push the accounts, as by nats req '$SYS.REQ.CLAIMS.UPDATE', and read each answer, in this order: A\n"
	for name, c := range map[string]struct{ text, old, new, want string }{
		"an account's limit, pushed":  {full, `disk = "1GiB"`, `disk = "2GiB"`, reload + "  2. " + push},
		"another limit, pushed":       {full, "connections = 100", "connections = 101", "1. " + push},
		"a setting":                   {memory, "3GiB", "4GiB", reload + "\n"},
		"a setting that restarts too": {full, `disk = "1GiB"`, `disk = "1MiB"`, "1. Restart the servers, one after the other.\n  2. " + push},
		"an account that goes":        {memory + "account \"OLD\" {}\n", "account \"OLD\" {}\n", "", "2. Reload the servers"},
	} {
		if got := text(t, compare(t, c.text, strings.Replace(c.text, c.old, c.new, 1), 100)); !strings.Contains(got, c.want) {
			t.Errorf("%s: no %q:\n%s", name, c.want, got)
		}
	}
}

// What streams reserve falls before limits do, and what one account gives up
// another gets by a restart only, unless the server has room for both at once
// (TestStreamsFirst in emit/verify).
func TestRoomFirst(t *testing.T) {
	two := strings.Replace(alone, `account "B" {`, "account \"B\" {\n  jetstream { disk = \"1GiB\" }", 1)
	less := strings.NewReplacer(`disk = "1GiB"`, `disk = "1MiB"`, `max_bytes = "1MiB"`, `max_bytes = "1KiB"`)
	moves := strings.NewReplacer("jetstream { disk = \"1GiB\" }\n  stream", "jetstream { disk = \"1MiB\" }\n  stream", `disk = "1GiB"`, `disk = "2047MiB"`)
	large := strings.NewReplacer("server {", "server {\n  jetstream { max_file = \"4GiB\" }")
	for name, c := range map[string]struct{ old, new, want string }{
		"a stream reserves less": {two, less.Replace(two), "  2. Update on the servers, as by nats stream edit --config: A/S\n  3. Restart the servers, one after the other.\n"},
		"a stream goes": {two + "account \"C\" {\n  jetstream { disk = \"1GiB\" }\n  stream \"T\" { max_bytes = \"1MiB\" }\n}\n", two + "account \"C\" {\n  jetstream { disk = \"1MiB\" }\n}\n",
			"  1. Delete on the servers before what follows, which has no room beside them: C/T\n  2. Restart the servers, one after the other.\n"},
		"room moves":                {two, moves.Replace(two), "  ~ B  restart, reload: it gets storage that another account gives up"},
		"room moves, and is plenty": {large.Replace(two), moves.Replace(large.Replace(two)), "  1. Reload the servers"},
	} {
		if got := text(t, compare(t, c.old, c.new, 100)); !strings.Contains(got, c.want) {
			t.Errorf("%s: no %q:\n%s", name, c.want, got)
		}
	}
}

// What a full resolver keeps is to be deleted there, and no token revokes what was
// in an account that goes (TestRemovedAccount in emit/verify).
func TestAccountGoes(t *testing.T) {
	const going = "account \"GOING\" {\n  user \"app\" {}\n}\n"
	full := strings.Replace(topology, `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", 1)
	for resolver, c := range map[string]struct{ old, says, step string }{
		"memory": {topology, "  - GOING  data at risk, disconnects, reload: its clients are cut off and its streams can no longer be reached\n", "Reload the servers"},
		"full":   {full, "  - GOING  data at risk, disconnects: a full resolver keeps it, and lets its users in, until it is deleted there; ", "Delete from the servers' resolver"},
	} {
		r := compare(t, c.old+going, c.old, 100)
		got := text(t, r)
		if !strings.Contains(got, c.says) || !strings.Contains(got, "  - GOING/app  disconnects: it goes with its account\n") || !strings.Contains(got, c.step) ||
			strings.Contains(strings.ToLower(got), "revoked") || len(r.Revoked) > 0 {
			t.Errorf("%s:\n%s", resolver, got)
		}
	}
}

// Who gives subjects up does so before others get them (TestSubjectsMove in
// emit/verify).
func TestSubjectsFirst(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says, steps string }{
		"a rename": {`stream "S" {`, `stream "T" {`, "      its subjects go to A/T\n", "others may have theirs; what they store stays in them: A/S\n  "},
		"a part":   {`  stream "S" {` + "\n    subjects  = [\"s.>\"]", "  stream \"R\" {\n    subjects = [\"s.a\"]\n    max_bytes = \"1KiB\"\n  }\n  stream \"S\" {\n    subjects = [\"s.b\"]", "      its subjects go to A/R\n", "before others that get their subjects: A/S\n  4. Make on the servers, as by nats stream add --config: A/R\n\n"},
	} {
		changed := strings.ReplaceAll(strings.Replace(topology, c.old, c.new, 1), "stream.S", "stream."+map[string]string{"a rename": "T", "a part": "S"}[name])
		if got := text(t, compare(t, topology, changed, 100)); !strings.Contains(got, c.says) || !strings.Contains(got, c.steps) {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// A leaf node's own resolver.conf has revoked users in it until it is replaced.
func TestLeavesToo(t *testing.T) {
	const leaf, step = "account \"B\" {\n  user \"leaf\" { connection_types = [\"LEAFNODE\"] }", "Put the new tokens into leaf nodes"
	with := strings.Replace(topology, `account "B" {`, leaf, 1)
	const goes = "  user \"app\" {\n    access { shares = [share.work] }\n  }\n"
	if got := text(t, compare(t, with, strings.Replace(with, goes, "", 1), 100)); !strings.Contains(got, step) || !strings.Contains(got, "connects there until then: B\n") {
		t.Error(got)
	}
	for _, old := range []string{topology, with} {
		changed := strings.Replace(old, goes, "", 1)
		if old == with {
			changed = strings.Replace(old, "connections = 100", "connections = 101", 1)
		}
		if got := text(t, compare(t, old, changed, 100)); strings.Contains(got, step) {
			t.Error(got)
		}
	}
}

// An operator's new token is deployed by itself; what else asks for a restart
// comes after it.
func TestOperatorFirst(t *testing.T) {
	changed := strings.NewReplacer(`operator "RETAIL" {}`, "operator \"RETAIL\" {\n  signing_key \"sk\" {}\n}", `disk = "1GiB"`, `disk = "1MiB"`).Replace(alone)
	got := text(t, compare(t, alone, changed, 100))
	if !strings.Contains(got, "nor what it would revoke.\n  2. Restart the servers, one after the other.\n") {
		t.Error(got)
	}
}

// Where the operator has not all of its former keys, or another one takes its
// place, servers restart with everything at once (TestAnotherOperator in
// emit/verify).
func TestOtherOperator(t *testing.T) {
	signed := strings.Replace(topology, `operator "RETAIL" {}`, "operator \"RETAIL\" {\n  signing_key \"sk\" {}\n}", 1)
	named := strings.Replace(topology, "server {", "server {\n  name = \"one\"", 1)
	for name, c := range map[string][2]string{
		"a signing key goes": {signed, topology},
		"another operator":   {named, strings.Replace(named, `operator "RETAIL"`, `operator "OTHER"`, 1)},
	} {
		got := text(t, compare(t, c[0], c[1], 100))
		if !strings.Contains(got, "To deploy\n  1. Restart the servers, one after the other, with all of the new output at once: ") ||
			!strings.Contains(got, "  restart: a changed operator token makes the whole reload fail, and servers refuse") || strings.Contains(got, "Reload") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// An importer comes first where tokens of its stream imports end and others take
// their place; a reload takes them in any order, and its subscriptions may fall
// silent. TestAccountKeyLeaked in emit/verify shows it on a server.
func TestReplacedImports(t *testing.T) {
	full := strings.Replace(topology, `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", 1)
	const reconnect = "Then let clients reconnect: B\n"
	for name, edit := range map[string][2]string{
		"another signing key":       {`signing_key "plain" {}`, `signing_key "other" {}`},
		"no signing key":            {`signing_key "plain" {}`, ""},
		"an end brought forward":    {`share "work" {`, "share \"work\" {\n  expires = \"9d\""},
		"another beside the former": {`signing_key "plain" {}`, "signing_key \"other\" {}\n  signing_key \"plain\" {}"},
	} {
		ends := name != "another beside the former"
		got := text(t, compare(t, full, strings.Replace(full, edit[0], edit[1], 1), 100))
		if !strings.Contains(got, "read each answer, in this order: B, A\n") == ends || strings.Contains(got, reconnect) {
			t.Errorf("%s, pushed:\n%s", name, got)
		}
		if name == "no signing key" && !strings.Contains(got, "users that the key signed are cut off") {
			t.Errorf("a plain signing key goes, and it is not told what that does:\n%s", got)
		}
		got = text(t, compare(t, topology, strings.Replace(topology, edit[0], edit[1], 1), 100))
		if strings.Contains(got, reconnect) != ends || strings.Contains(got, "until they are made again") != ends {
			t.Errorf("%s, reloaded:\n%s", name, got)
		}
	}
}

// What goes where another comes may be a rename, which would lose data.
func TestRenames(t *testing.T) {
	renamed := strings.NewReplacer(`account "A"`, `account "Z"`, "account.A", "account.Z").Replace(topology)
	got := text(t, compare(t, topology, renamed, 100))
	for _, want := range []string{"  - A  data at risk, disconnects, reload: its clients are cut off", "a rename? The new one begins empty", "beside it comes Z"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
	renamed = strings.NewReplacer(`stream "S"`, `stream "T"`, "stream.S", "stream.T").Replace(topology)
	got = text(t, compare(t, topology, renamed, 100))
	for _, want := range []string{"  - A/S  data at risk: stays on the servers until somebody deletes it; a rename?", "beside it comes A/T"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
}

// An account is its key: with another name it is the same one, and whoever
// deleted the former's would delete it (a full resolver goes by keys).
func TestNamesChange(t *testing.T) {
	key := schema.StandIn("account/SOMEBODY")
	full := strings.Replace(topology, `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", 1)
	pinned := full + "account \"OLD\" {\n  public_key = \"" + key + "\"\n  user \"u\" {}\n}\n"
	got := text(t, compare(t, pinned, strings.Replace(pinned, `account "OLD"`, `account "NEW"`, 1), 100))
	for _, want := range []string{"  - OLD  to servers it is the same account\n      it is NEW now, with the same key; before a build, jsc keys move 'account/OLD' 'account/NEW'",
		"- OLD/u  disconnects, push: its token is revoked"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
	for _, never := range []string{"Delete from the servers' resolver", "a rename?"} {
		if strings.Contains(got, never) {
			t.Errorf("%q is told:\n%s", never, got)
		}
	}
	if got := text(t, compare(t, pinned, full, 100)); !strings.Contains(got, "its public key: "+key) {
		t.Error(got)
	}
}

func TestRenewalHandsOver(t *testing.T) {
	expiring := strings.Replace(topology, "access { shares = [share.work] }", "access { shares = [share.work] }\n    expires = \"30d\"", 1)
	r := compare(t, expiring, expiring, 25*86400)
	if got := text(t, r); !strings.Contains(got, "~ B/app  hand-over: new credentials go to its owner before the old ones end\n      renewed: it would expire at") {
		t.Error(got)
	}
}

// The first build has nothing that could break.
func TestFirstBuild(t *testing.T) {
	p := plan(t, compile(t, topology), lock.New(), start)
	empty, err := Read(Planned{}, p)
	if err != nil {
		t.Fatal(err)
	}
	r := Compare(empty, state(t, p, p, true), p, "the last build")
	if len(r.Breaks) > 0 || slices.Contains(r.Impacts, reload) || !strings.Contains(text(t, r), "Nothing was built before") {
		t.Error(text(t, r))
	}
}
