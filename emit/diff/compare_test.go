package diff

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/emit"
	"jsc/emit/lock"
	"jsc/schema"
)

const start = 1790000000

const topology = `
operator "RETAIL" {}
server {
  resolver {
    type = "memory"
  }
}
account "A" {
  limits {
    connections = 100
  }
  signing_key "plain" {}
  signing_key "role" {
    role {
      publish { allow = ["x.>"] }
    }
  }
  jetstream { disk = "1GiB" }
  stream "S" {
    subjects  = ["s.>"]
    max_bytes = "1MiB"
    max_age   = "30d"
    consumer "C" {
      deliver_subject = "deliver.c"
      deliver_group   = "g"
    }
  }
  user "app" {
    access { publish = [account.A.stream.S] }
  }
}
account "B" {
  user "app" {
    access { shares = [share.work] }
  }
}
account "EXT" {
  external   = true
  public_key = "EXTKEY"
}
share "work" {
  consumer = account.A.stream.S.consumer.C
  to "B" { api_prefix = "A.API" }
}
share "calls" {
  service = "calls.*"
  from    = account.A
  to "B" {}
  to "EXT" { expires = "90d" }
}
`

func public(id string) string {
	prefix := nkeys.PrefixByteAccount
	switch {
	case strings.HasPrefix(id, "operator/"):
		prefix = nkeys.PrefixByteOperator
	case strings.Contains(id, "/user/"):
		prefix = nkeys.PrefixByteUser
	}
	sum := sha256.Sum256([]byte(id))
	kp, err := nkeys.FromRawSeed(prefix, sum[:])
	if err != nil {
		panic(err)
	}
	key, err := kp.PublicKey()
	if err != nil {
		panic(err)
	}
	return key
}

func compile(t testing.TB, text string) *compiler.Topology {
	t.Helper()
	keys := func(id string) (string, bool) { return public(id), true }
	text = strings.ReplaceAll(text, "EXTKEY", public("account/EXT"))
	config, diags := schema.Load(schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl", Keys: keys})
	topology, more := compiler.Compile(config, keys)
	if diags = append(diags, more...); diags.HasErrors() {
		t.Fatal(diags)
	}
	return topology
}

// plan is a plan and its state, as rendered.
func plan(t testing.TB, topology *compiler.Topology, l *lock.Lock, now int64) (*emit.Plan, *State) {
	t.Helper()
	p, diags := emit.NewPlan(topology, l, now)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p.NoSecrets = true
	if _, err := p.Fill(func(string) string { return "" }); err != nil {
		t.Fatal(err)
	}
	files, err := emit.Render(p, "t.lock.json")
	if err != nil {
		t.Fatal(err)
	}
	s, err := Read(Artifacts(files))
	if err != nil {
		t.Fatal(err)
	}
	return p, s
}

// compare compares two topologies, of which the first is built.
func compare(t testing.TB, old, new string, later int64) *Report {
	t.Helper()
	built, was := plan(t, compile(t, old), lock.New(), start)
	p, is := plan(t, compile(t, new), built.Lock, start+later)
	return Compare(was, is, p, "the last build")
}

func text(t testing.TB, r *Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// edits are changes of the topology: what a plan must say of each, and its
// impacts, the gravest first.
var edits = []struct {
	name     string
	old, new string // text that is replaced; old "" appends
	impacts  []Impact
	says     []string
}{
	{"nothing", "1GiB", "1GiB", nil, []string{"Against the last build: Nothing changes."}},
	{"a limit", `disk = "1GiB"`, `disk = "2GiB"`, []Impact{Reload}, []string{
		"  ~ A  reload\n      JetStream disk: 1 GiB → 2 GiB\n", "~ server.conf  reload\n      jetstream.max_file: 1 GiB → 2 GiB", "1. Reload the servers"}},
	{"less storage of the server", `disk = "1GiB"`, `disk = "512MiB"`, []Impact{Restart, Reload}, []string{
		"~ server.conf  restart\n", "1. Restart the servers, one after the other."}},
	{"fewer connections", "connections = 100", "connections = 9", []Impact{Disconnects, Reload}, []string{
		"connections: 100 → 9", "the youngest connections beyond the limit are closed"}},
	{"more connections", "connections = 100", "connections = -1", []Impact{Reload}, []string{"connections: 100 → unlimited"}},
	{"no bearers", "connections = 100", "connections = 100\n    disallow_bearer = true", []Impact{Disconnects, Reload}, []string{"bearer users are cut off"}},
	{"a signing key goes", "  signing_key \"role\" {\n    role {\n      publish { allow = [\"x.>\"] }\n    }\n  }\n", "", []Impact{Disconnects, Reload}, []string{"users that the key signed are cut off"}},
	{"a role", `["x.>"]`, `["y.>"]`, []Impact{Disconnects, Reload}, []string{
		"users of the role are cut off once", "template.pub.allow: x.> is gone"}},
	{"an operator's signing key", `operator "RETAIL" {}`, "operator \"RETAIL\" {\n  signing_key \"sk\" {}\n}", []Impact{Restart}, []string{
		"~ RETAIL  restart: a changed operator token makes the whole reload fail", "1. In a deployment of its own, restart the servers",
		"operator/RETAIL/signing/sk  signs from the next build on"}},
	{"a full resolver", `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", []Impact{Restart}, []string{`resolver.type: "full" is new`, "~ resolver.conf  restart"}},
	{"an account comes", "", "account \"NEW\" {}\n", []Impact{Reload}, []string{"  + NEW  reload"}},
	{"a user comes", `account "B" {`, "account \"B\" {\n  user \"two\" {}", []Impact{HandOver}, []string{
		"  + B/two  hand-over: its credentials go to its owner", "Hand out new credentials: B/two"}},
	{"a user goes", "  user \"app\" {\n    access { publish = [account.A.stream.S] }\n  }\n", "", []Impact{Disconnects, Reload}, []string{
		"  - A/app  disconnects, reload: its token is revoked", "account/A/user/app  the topology has the user no more", "its revocations change"}},
	{"a user is narrowed", "access { publish = [account.A.stream.S] }", "publish { allow = [\"s.x\"] }", []Impact{Disconnects, HandOver, Reload}, []string{
		"  ~ A/app  disconnects, hand-over, reload: its former token is revoked", "publish allow: s.> is gone", "publish allow: s.x is new"}},
	{"a stream's field", `max_bytes = "1MiB"`, `max_bytes = "2MiB"`, []Impact{None}, []string{
		"  ~ A/S  to be updated on the servers\n      max_bytes: 1 MiB → 2 MiB", "as by nats stream edit --config: A/S"}},
	{"a stream's lower limit", `max_bytes = "1MiB"`, `max_bytes = "1KiB"`, []Impact{DataAtRisk}, []string{
		"max_bytes: 1 MiB → 1 KiB (messages over the new limit are dropped)", "1. Before anything else, look at what loses data: A/S"}},
	{"a stream's shorter age", `max_age   = "30d"`, `max_age   = "36h"`, []Impact{DataAtRisk}, []string{"max_age: 30d → 36h (messages over the new limit are dropped)"}},
	{"a stream's storage", `max_age   = "30d"`, "max_age = \"30d\"\n    retention = \"workqueue\"", []Impact{DataAtRisk}, []string{
		"retention: limits → workqueue (needs delete and re-create)"}},
	{"a stream's interest", `max_age   = "30d"`, "max_age = \"30d\"\n    retention = \"interest\"", []Impact{DataAtRisk}, []string{
		"retention: limits → interest (messages that no consumer waits for are dropped)"}},
	{"a stream that comes", `  stream "S" {`, "  stream \"T\" { max_bytes = \"1KiB\" }\n  stream \"S\" {", []Impact{None}, []string{"  + A/T  to be made on the servers"}},
	{"a consumer's field", `deliver_group   = "g"`, "deliver_group = \"g\"\n      replay_policy = \"original\"", []Impact{DataAtRisk}, []string{
		"  ~ A/S/C  data at risk: needs delete and re-create\n      replay_policy: instant → original (needs delete and re-create)"}},
	{"an ack that goes", `deliver_group   = "g"`, "deliver_group = \"g\"\n      ack_policy = \"none\"", []Impact{DataAtRisk, Disconnects, HandOver, Reload}, []string{
		"Breaks\n  B loses ack on share work\n", "~ work: A → B\n      ack goes: $JS.ACK.S.C.>", "import[work.ack]: service $JS.ACK.S.C.> is gone"}},
	{"another place to deliver to", `deliver_subject = "deliver.c"`, `deliver_subject = "deliver.d"`, []Impact{Disconnects, HandOver, Reload}, []string{
		"B loses deliver at deliver.c on share work", "deliver goes: deliver.c", "deliver comes: deliver.d",
		"deliver_subject: deliver.c → deliver.d (to another subject, while nobody listens on the old one)",
		"New local subjects\n  B  deliver.d  sent by A\n"}},
	{"a pull consumer", "      deliver_subject = \"deliver.c\"\n      deliver_group   = \"g\"\n", "", []Impact{DataAtRisk, Disconnects, HandOver, Reload}, []string{
		"deliver_subject: deliver.c is gone (needs delete and re-create)", "kind: push → pull", "B  A.API.CONSUMER.MSG.NEXT.S.C  answered by A"}},
	{"an importer goes", "  to \"B\" {}\n", "", []Impact{Reload}, []string{"B loses share calls of A (service)", "  - calls: A → B\n"}},
	{"how a service answers", "  service = \"calls.*\"", "  service = \"calls.*\"\n  response = \"stream\"", []Impact{HandOver, Reload}, []string{
		"B gets stream answers of service instead of single on share calls", "  ~ EXT  hand-over: the importer's owner issues that account's token anew",
		"Ask the owner to issue the account's token anew: EXT"}},
	{"a response threshold", "  service = \"calls.*\"", "  service = \"calls.*\"\n  response_threshold = \"5s\"", []Impact{Restart, Reload}, []string{
		"a reload ignores a changed response threshold", "response_threshold: 5s is new"}},
	{"an external importer's expiry", `expires = "90d"`, `expires = "60d"`, []Impact{HandOver, Reload}, []string{
		"shares calls stop until it imports the new bundle", "Hand over the bundle: activations/EXT.json, EXT"}},
	{"an external importer loses", "  to \"EXT\" { expires = \"90d\" }\n", "", []Impact{HandOver, Reload}, []string{
		"it loses all that it had", "EXT loses share calls of A (service)"}},
	{"a new subject of an importer", "  to \"B\" {}\n", "  to \"B\" { local_subject = \"calls.a.*\" }\n", []Impact{Reload}, []string{
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

// With a full resolver accounts are pushed, exporters first, whatever their names.
func TestPushOrder(t *testing.T) {
	full := strings.Replace(topology, `type = "memory"`, "type = \"full\"\n    dir  = \"/jwt\"", 1)
	r := compare(t, full, strings.Replace(full, `"calls.*"`, `"other.*"`, 1), 100)
	if got := text(t, r); !strings.Contains(got, "Push the accounts, in this order: A, B\n") {
		t.Error(got)
	}
	swapped := strings.NewReplacer(`account "A"`, `account "Z"`, "account.A", "account.Z").Replace(full)
	r = compare(t, swapped, strings.Replace(swapped, `"calls.*"`, `"other.*"`, 1), 100)
	if got := text(t, r); !strings.Contains(got, "Push the accounts, in this order: Z, B\n") {
		t.Error(got)
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
		if !strings.Contains(got, "Push the accounts, in this order: B, A\n") == ends || strings.Contains(got, reconnect) {
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

func TestRenewalHandsOver(t *testing.T) {
	expiring := strings.Replace(topology, "access { shares = [share.work] }", "access { shares = [share.work] }\n    expires = \"30d\"", 1)
	r := compare(t, expiring, expiring, 25*86400)
	if got := text(t, r); !strings.Contains(got, "~ B/app  hand-over: new credentials go to its owner before the old ones end\n      renewed: it would expire at") {
		t.Error(got)
	}
}

// The first build has nothing that could break.
func TestFirstBuild(t *testing.T) {
	empty, err := Read(Artifacts{})
	if err != nil {
		t.Fatal(err)
	}
	p, is := plan(t, compile(t, topology), lock.New(), start)
	r := Compare(empty, is, p, "the last build")
	if len(r.Breaks) > 0 || slices.Contains(r.Impacts, Reload) || !strings.Contains(text(t, r), "Nothing was built before") {
		t.Error(text(t, r))
	}
}

// Every word of the compiler's tables about updates has an outcome, every event
// an effect.
func TestTablesAreWhole(t *testing.T) {
	words := map[compiler.Update]bool{}
	for _, f := range compiler.StreamFields {
		words[f.Update] = true
	}
	for _, f := range compiler.ConsumerFields {
		words[f.Update] = true
	}
	for w := range words {
		if outcomes[w] == nil {
			t.Errorf("no outcome for %q", w)
		}
	}
	for w := range outcomes {
		if !words[w] {
			t.Errorf("no field is updated as %q", w)
		}
	}
	for e, x := range effects {
		if len(x.impacts) == 0 {
			t.Errorf("%s has no impact", e)
		}
	}
}

// Every impact of an update is what a server said when it was tried: see
// compiler's own tests. Here: no format lets a topology's words act.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{"::error::x", "##[group]x", "`a``b`", "[x](http://evil)", "<script>", "a\u202eb", "@everyone", "|x|", "\x1b[31m"} {
		r := &Report{
			Against: name, Breaks: []string{name},
			Changes:       []Change{{Kind: "account", Name: name, Action: Alter, Details: []string{name, "\n" + name}}},
			LocalSubjects: []LocalSubject{{name, name, "service", name}},
			Revoked:       []Revocation{{ID: name, Reason: name}},
			Waiting:       []string{name},
			Steps:         []Step{{"Do:", []string{name}}},
		}
		for format, write := range Formats {
			var b bytes.Buffer
			if err := write(r, &b); err != nil {
				t.Fatal(err)
			}
			out := b.String()
			if strings.ContainsAny(out, "\x1b\u202e\r") {
				t.Errorf("%s of %q has hidden characters: %q", format, name, out)
			}
			if format == "markdown" {
				spans(t, out, name)
			}
			if format == "json" {
				var back Report
				if err := json.Unmarshal([]byte(out), &back); err != nil {
					t.Errorf("json of %q: %v", name, err)
				}
				for _, line := range strings.Split(out, "\n") {
					if strings.HasPrefix(strings.TrimSpace(line), "::") {
						t.Errorf("json of %q begins a command: %q", name, line)
					}
				}
			}
		}
	}
}

// spans holds that a name stands in code spans only: that what is left without
// them is jsc's own text.
func spans(t *testing.T, markdown, name string) {
	t.Helper()
	for line := range strings.Lines(markdown) {
		rest, out := line, ""
		for {
			at := strings.IndexByte(rest, '`')
			if at < 0 {
				out += rest
				break
			}
			fence := rest[at : at+len(rest[at:])-len(strings.TrimLeft(rest[at:], "`"))]
			after := rest[at+len(fence):]
			end := closing(after, fence)
			if end < 0 {
				t.Errorf("a code span of %q is not closed: %q", name, line)
				return
			}
			out += rest[:at]
			rest = after[end+len(fence):]
		}
		for _, bad := range []string{"error", "group", "evil", "script", "everyone", "|x", "31m", "u{"} {
			if strings.Contains(out, bad) {
				t.Errorf("%q stands outside of code: %q", name, line)
			}
		}
	}
}

// closing is where a run of exactly as many backticks begins.
func closing(s, fence string) int {
	for i := 0; i < len(s); {
		n := len(s[i:]) - len(strings.TrimLeft(s[i:], "`"))
		if n == len(fence) {
			return i
		}
		i += max(n, 1)
	}
	return -1
}

// A report is the same every time, and its JSON has every list.
func TestReportIsStable(t *testing.T) {
	changed := strings.Replace(topology, `disk = "1GiB"`, `disk = "2GiB"`, 1) + "account \"NEW\" {}\naccount \"OLD\" {}\n"
	first := compare(t, topology, changed, 100)
	for range 5 {
		if again := compare(t, topology, changed, 100); !reflect.DeepEqual(first, again) {
			t.Fatalf("%v\n%v", first, again)
		}
	}
	var b bytes.Buffer
	if err := first.JSON(&b); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "null") {
		t.Error(b.String())
	}
}

// The examples' topologies compare with themselves as the same.
func TestExamplesAreTheirOwn(t *testing.T) {
	data, err := os.ReadFile("../../examples/order-events/topology.hcl")
	if err != nil {
		t.Fatal(err)
	}
	if r := compare(t, string(data), string(data), 100); !r.Empty() || len(r.LocalSubjects) > 0 {
		t.Error(fmt.Sprint(r))
	}
}
