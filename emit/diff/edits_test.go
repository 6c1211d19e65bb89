package diff

import (
	"slices"
	"strings"
	"testing"
)

// edits are changes of the topology: what a plan must say of each, and its
// impacts, the gravest first.
var edits = []struct {
	name     string
	old, new string // text that is replaced; old "" appends
	impacts  []Impact
	says     []string
}{
	{"nothing", "1GiB", "1GiB", nil, []string{"Against the last build: Nothing changes."}},
	{"a limit", `disk = "1GiB"`, `disk = "2GiB"`, []Impact{reload}, []string{
		"  ~ A  reload\n      JetStream disk: 1 GiB → 2 GiB\n", "1. Reload the servers"}},
	{"fewer connections", "connections = 100", "connections = 9", []Impact{disconnects, reload}, []string{
		"connections: 100 → 9", "the youngest connections beyond the limit are closed"}},
	{"no connections", "connections = 100", "connections = 0", []Impact{disconnects, reload}, []string{
		"connections: 100 → 0\n", "the youngest connections beyond the limit are closed"}},
	{"no leaf nodes, nor messages", "connections = 100", "connections = 100\n    leaf_nodes = 0\n    payload = 0\n    imports = 0", []Impact{reload}, []string{
		"leaf nodes: unlimited → 0\n", "limit payload: unlimited → 0 B\n", "limit imports: unlimited → 0\n"}},
	{"fewer subscriptions", "connections = 100", "connections = 100\n    subscriptions = 5", []Impact{disconnects, reload}, []string{
		"subscriptions: unlimited → 5", "clients that have as many subscriptions are cut off"}},
	{"memory", `jetstream { disk = "1GiB" }`, "jetstream {\n    disk = \"1GiB\"\n    memory = \"1MiB\"\n  }", []Impact{reload}, []string{"JetStream memory: 0 B → 1 MiB\n"}},
	{"a user's limit", "access { publish = [account.A.stream.S] }", "access { publish = [account.A.stream.S] }\n    payload = 0", []Impact{disconnects, handOver, reload}, []string{
		"payload: unlimited → 0 B\n"}},
	{"a user's role", "access { publish = [account.A.stream.S] }", "signing_key = \"role\"", []Impact{disconnects, handOver, reload}, []string{
		"payload: unlimited is gone\n"}},
	{"more connections", "connections = 100", "connections = -1", []Impact{reload}, []string{"connections: 100 → unlimited"}},
	{"no bearers", "connections = 100", "connections = 100\n    disallow_bearer = true", []Impact{disconnects, reload}, []string{"bearer users are cut off"}},
	{"a signing key goes", "  signing_key \"role\" {\n    role {\n      publish { allow = [\"x.>\"] }\n    }\n  }\n", "", []Impact{disconnects, reload}, []string{"users that the key signed are cut off"}},
	{"a role", `["x.>"]`, `["y.>"]`, []Impact{disconnects, reload}, []string{
		"users of the role are cut off once", "template.pub.allow: x.> is gone"}},
	{"an operator's signing key", `operator "RETAIL" {}`, "operator \"RETAIL\" {\n  signing_key \"sk\" {}\n}", []Impact{restart}, []string{
		"~ RETAIL  restart: a changed operator token makes the whole reload fail", "1. In a deployment of its own, restart the servers",
		"operator/RETAIL/signing/sk  signs from the next build on"}},
	{"a full resolver", `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", []Impact{restart}, []string{`resolver.type: "full" is new`, "~ resolver.conf  restart"}},
	{"an account comes", "", "account \"NEW\" {}\n", []Impact{reload}, []string{"  + NEW  reload"}},
	{"a user comes", `account "B" {`, "account \"B\" {\n  user \"two\" {}", []Impact{handOver}, []string{
		"  + B/two  hand-over: its credentials go to its owner", "Hand out new credentials: B/two"}},
	{"a user goes", "  user \"app\" {\n    access { publish = [account.A.stream.S] }\n  }\n", "", []Impact{disconnects, reload}, []string{
		"  - A/app  disconnects, reload: its token is revoked", "account/A/user/app  the topology has the user no more", "its revocations change"}},
	{"a user is narrowed", "access { publish = [account.A.stream.S] }", "publish { allow = [\"s.x\"] }", []Impact{disconnects, handOver, reload}, []string{
		"  ~ A/app  disconnects, hand-over, reload: its former token is revoked", "publish allow: s.> is gone", "publish allow: s.x is new"}},
	{"a user is narrowed without a cut-off", "access { publish = [account.A.stream.S] }", "publish { allow = [\"s.x\"] }\n    keep_old_tokens = true", []Impact{handOver}, []string{
		"  ~ A/app  hand-over: its former token is not revoked; new credentials go to its owner\n"}},
	{"a stream's field", `max_bytes = "1MiB"`, `max_bytes = "2MiB"`, []Impact{none}, []string{
		"  ~ A/S  to be updated on the servers\n      max_bytes: 1 MiB → 2 MiB", "1. Update on the servers, as by nats stream edit --config: A/S\n"}},
	{"a consumer's other field", `deliver_group   = "g"`, "deliver_group = \"g\"\n      description = \"d\"", []Impact{none}, []string{
		"1. Update on the servers, as by nats consumer edit --config: A/S/C\n"}},
	{"a consumer that comes", `consumer "C" {`, "consumer \"D\" {}\n    consumer \"C\" {", []Impact{none}, []string{
		"1. Make on the servers, as by nats consumer add --config: A/S/D\n"}},
	{"a stream's lower limit", `max_bytes = "1MiB"`, `max_bytes = "1KiB"`, []Impact{dataAtRisk}, []string{
		"~ A/S  data at risk: messages over the new limit are dropped\n      max_bytes: 1 MiB → 1 KiB\n", "1. Before anything else, look at what loses data: A/S"}},
	{"a stream's shorter age", `max_age   = "30d"`, `max_age   = "36h"`, []Impact{dataAtRisk}, []string{"max_age: 30d → 36h\n"}},
	{"a stream's storage", `max_age   = "30d"`, "max_age = \"30d\"\n    retention = \"workqueue\"", []Impact{dataAtRisk}, []string{
		"~ A/S  data at risk: needs delete and re-create\n      retention: limits → workqueue\n", "Delete on the servers and make anew: A/S\n"}},
	{"a stream's interest", `max_age   = "30d"`, "max_age = \"30d\"\n    retention = \"interest\"", []Impact{dataAtRisk}, []string{
		"data at risk: messages that no consumer waits for are dropped\n      retention: limits → interest\n", "as by nats stream edit --config: A/S\n"}},
	{"the first number, as ever", `max_age   = "30d"`, "max_age = \"30d\"\n    first_seq = 1", []Impact{none}, []string{
		"~ A/S  to be updated on the servers\n      first_seq: 1 is new\n"}},
	{"the first number", `max_age   = "30d"`, "max_age = \"30d\"\n    first_seq = 2", []Impact{dataAtRisk}, []string{
		"~ A/S  data at risk: needs delete and re-create\n      first_seq: 2 is new\n"}},
	{"two of a stream's fields", "max_bytes = \"1MiB\"\n    max_age   = \"30d\"", "max_age = \"1d\"\n    retention = \"interest\"", []Impact{dataAtRisk}, []string{
		"max_age: 30d → 1d (messages over the new limit are dropped)", "retention: limits → interest (messages that no consumer waits for are dropped)"}},
	{"a stream that comes", `  stream "S" {`, "  stream \"T\" { max_bytes = \"1KiB\" }\n  stream \"S\" {", []Impact{none}, []string{
		"  + A/T  to be made on the servers", "1. Make on the servers, as by nats stream add --config: A/T\n"}},
	{"a consumer's field", `deliver_group   = "g"`, "deliver_group = \"g\"\n      replay_policy = \"original\"", []Impact{dataAtRisk}, []string{
		"  ~ A/S/C  data at risk: needs delete and re-create\n      replay_policy: instant → original\n"}},
	{"an ack that goes", `deliver_group   = "g"`, "deliver_group = \"g\"\n      ack_policy = \"none\"", []Impact{dataAtRisk, disconnects, handOver, reload}, []string{
		"Breaks\n  B loses ack on share work\n", "~ work: A → B\n      ack goes: $JS.ACK.S.C.>", "  ~ B  reload\n      exports and imports of shares: work\n      its revocations change\n", "what A gives B  1 token: the topology gives it no more"}},
	{"another place to deliver to", `deliver_subject = "deliver.c"`, `deliver_subject = "deliver.d"`, []Impact{disconnects, handOver, reload}, []string{
		"B loses deliver at deliver.c on share work", "deliver goes: deliver.c", "deliver comes: deliver.d",
		"deliver_subject: deliver.c → deliver.d (to another subject, while nobody listens on the old one)",
		"New local subjects\n  B  deliver.d  sent by A\n"}},
	{"a pull consumer", "      deliver_subject = \"deliver.c\"\n      deliver_group   = \"g\"\n", "", []Impact{dataAtRisk, disconnects, handOver, reload}, []string{
		"deliver_subject: deliver.c is gone\n", "kind: push → pull", "B  A.API.CONSUMER.MSG.NEXT.S.C  answered by A"}},
	{"an importer goes", "  to \"B\" {}\n", "", []Impact{reload}, []string{"B loses share calls of A (service)", "  - calls: A → B\n"}},
	{"how a service answers", "  service = \"calls.*\"", "  service = \"calls.*\"\n  response = \"stream\"", []Impact{handOver, reload}, []string{
		"B gets stream answers of service instead of single on share calls", "  ~ EXT  hand-over: the importer's owner issues that account's token anew",
		"Ask the owner to issue the account's token anew: EXT"}},
	{"a response threshold", "  service = \"calls.*\"", "  service = \"calls.*\"\n  response_threshold = \"5s\"", []Impact{restart, reload}, []string{
		"a reload ignores a changed response threshold", "export[calls.service].response_threshold: 5s is new"}},
	{"an external importer's expiry", `expires = "90d"`, `expires = "60d"`, []Impact{handOver, reload}, []string{
		"shares calls stop until it imports the new bundle", "Hand over the bundle: activations/EXT.json, EXT"}},
	{"an external importer loses", "  to \"EXT\" { expires = \"90d\" }\n", "", []Impact{handOver, reload}, []string{
		"it loses all that it had", "Tell the owner, whose imports have ended: EXT", "EXT loses share calls of A (service)"}},
	{"a new subject of an importer", "  to \"B\" {}\n", "  to \"B\" { local_subject = \"calls.a.*\" }\n", []Impact{reload}, []string{
		"B loses service at calls.* on share calls", "B  calls.a.*  answered by A"}},
}

func TestCompare(t *testing.T) {
	for _, e := range edits {
		t.Run(e.name, func(t *testing.T) {
			changed := topology + e.new
			if e.old != "" {
				if strings.Count(topology, e.old) != 1 {
					t.Fatalf("the topology has %q %d times", e.old, strings.Count(topology, e.old))
				}
				changed = strings.Replace(topology, e.old, e.new, 1)
			}
			r := compare(t, topology, changed, 100)
			got := text(t, r)
			if !slices.Equal(r.Impacts, e.impacts) {
				t.Errorf("impacts %q, not %q", r.Impacts, e.impacts)
			}
			for _, want := range e.says {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not told", want)
				}
			}
			if r.Empty() != (e.impacts == nil) {
				t.Errorf("empty: %v", r.Empty())
			}
			if t.Failed() {
				t.Log("\n" + got)
			}
		})
	}
}

// A key-value bucket is a stream that the command line of NATS edits by a command
// of its own only.
func TestBucketSteps(t *testing.T) {
	old := topology + `
account "K" {
  jetstream { disk = "1GiB" }
  key_value "CFG" { max_bytes = "1MiB" }
  object_store "FILES" { max_bytes = "1MiB" }
}
`
	got := text(t, compare(t, old, strings.ReplaceAll(old, `{ max_bytes = "1MiB" }`, `{ max_bytes = "2MiB" }`), 100))
	for _, want := range []string{"  1. Update on the servers, as by nats stream edit --config: K/OBJ_FILES\n", "  2. Update on the servers, as by nats kv edit: K/KV_CFG\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not told:\n%s", want, got)
		}
	}
	history := func(n string) string {
		return strings.Replace(old, `"CFG" { max_bytes = "1MiB" }`, `"CFG" { history = `+n+` }`, 1)
	}
	if got = text(t, compare(t, history("5"), history("2"), 100)); !strings.Contains(got, "  ~ K/KV_CFG  data at risk: messages over the new limit are dropped\n") {
		t.Error(got)
	}
	if got = text(t, compare(t, topology, old, 100)); !strings.Contains(got, "nats stream add --config: K/KV_CFG, K/OBJ_FILES\n") {
		t.Error(got)
	}
}

// Of an external importer's shares only those stop whose former tokens end.
func TestHandedOver(t *testing.T) {
	const more = `
share "second" {
  subject = "second.>"
  from    = account.A
  to "EXT" {}
}
share "third" {
  subject = "third.>"
  from    = account.A
  to "EXT" {}
}
`
	old := topology + more
	for name, c := range map[string]struct{ old, new, want string }{
		"a share goes":       {`  to "EXT" { expires = "90d" }` + "\n", "", "      it loses what it had of shares calls\n"},
		"a share comes":      {`share "second" {`, "share \"new\" {\n  service = \"new\"\n  from = account.A\n  to \"EXT\" {}\n}\nshare \"second\" {", "      new tokens for shares new\n"},
		"one ends sooner":    {`expires = "90d"`, `expires = "60d"`, "      shares calls stop until it imports the new bundle\n"},
		"their signer goes":  {`signing_key "plain" {}`, "", "      shares calls, second, third stop until it imports the new bundle\n"},
		"another one signs":  {`signing_key "plain" {}`, "signing_key \"other\" {}\n  signing_key \"plain\" {}", "      new tokens for shares calls, second, third\n"},
		"a subject is other": {`"third.>"`, `"fourth.>"`, "      new tokens for shares third\n      it loses what it had of shares third\n"},
	} {
		got := text(t, compare(t, old, strings.Replace(old, c.old, c.new, 1), 100))
		if _, section, _ := strings.Cut(got, "  ~ EXT  hand-over: the importer's owner installs the new bundle\n"); !strings.HasPrefix(section+"\n", c.want) || strings.HasPrefix(section[len(c.want):], "      ") {
			t.Errorf("%s:\n%s", name, got)
		}
	}
}

// What a share's name is like does not matter to what an account's lines are
// told with.
func TestShareOfAnyName(t *testing.T) {
	old := strings.NewReplacer(`share "work"`, `share "a] b.c"`, "share.work", `share["a] b.c"]`).Replace(topology)
	r := compare(t, old, strings.Replace(old, `deliver_group   = "g"`, "deliver_group = \"g\"\n      ack_policy = \"none\"", 1), 100)
	if got, want := text(t, r), "  ~ B  reload\n      exports and imports of shares: a] b.c\n      its revocations change\n"; !strings.Contains(got, want) {
		t.Errorf("not told: %s\n%s", want, got)
	}
}
