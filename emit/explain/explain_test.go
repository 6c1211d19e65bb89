package explain

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/hashicorp/hcl/v2"

	"jsc/compiler"
	"jsc/emit/client"
	"jsc/schema"
)

// compile compiles a topology that has no error.
func compile(t *testing.T, text string) *compiler.Topology {
	t.Helper()
	return load(t, schema.Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(text)}}, Path: "t.hcl"})
}

func load(t *testing.T, o schema.Options) *compiler.Topology {
	t.Helper()
	config, diags := schema.Load(o)
	topology, more := compiler.Compile(config, nil)
	for _, d := range append(diags, more...) {
		if d.Severity == hcl.DiagError {
			t.Fatalf("%s: %s", d.Subject, d.Summary)
		}
	}
	return topology
}

// all is a topology with a share of every kind, each in the variants that
// explanations tell apart.
func all(t *testing.T) *compiler.Topology {
	t.Helper()
	text, err := os.ReadFile("testdata/all.hcl")
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, string(text))
}

func explained(t *testing.T, topology *compiler.Topology, ref string) *Explanation {
	t.Helper()
	x, err := Of(topology, ref, "generated")
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// TestEveryKind: every kind has a share in the test's topology and in the table
// of uses, and each share shows every grant of every importer, as it is.
func TestEveryKind(t *testing.T) {
	topology := all(t)
	seen := map[string]bool{}
	for _, s := range topology.Shares {
		seen[s.Kind.Name] = true
		x := explained(t, topology, s.Src.Address())
		importers := len(s.Targets)
		if len(s.Open) > 0 {
			importers++
		}
		if len(x.Importers) != importers {
			t.Fatalf("%s has %d importers, not %d", s.Name, len(x.Importers), importers)
		}
		for i, target := range s.Targets {
			shown := x.Importers[i]
			if len(shown.Grants) != len(target.Grants) {
				t.Errorf("%s shows %d grants to %s, not %d", s.Name, len(shown.Grants), shown.Account, len(target.Grants))
			}
			for j, g := range target.Grants {
				if got := shown.Grants[j]; got.Subject != g.Subject || got.Local != g.Local || got.Why == "" || got.Name != g.Name {
					t.Errorf("%s shows %+v for %s", s.Name, got, g.Name)
				}
			}
			if len(shown.Uses) == 0 {
				t.Errorf("%s shows no use to %s", s.Name, shown.Account)
			}
		}
	}
	for _, k := range compiler.ShareKinds() {
		if !seen[k.Name] {
			t.Errorf("no share of the kind %s", k.Name)
		}
	}
}

// blank is a place in a template that was not filled.
var blank = regexp.MustCompile(`\{[?=]?[a-z][a-z ]*\}|\{\?`)

// TestBlanks: no template keeps a blank, and none is filled with nothing.
func TestBlanks(t *testing.T) {
	topology := all(t)
	for _, e := range entities(topology, "generated") {
		x := e.explain()
		var uses []client.Use
		uses = append(uses, x.Uses...)
		for _, i := range x.Importers {
			uses = append(uses, i.Uses...)
			for _, c := range i.Cautions {
				if strings.ContainsAny(c, "{}") || strings.Contains(c, `""`) {
					t.Errorf("%s: %s", e.address, c)
				}
			}
		}
		for _, u := range uses {
			if strings.Contains(u.CLI, "{") || strings.Contains(u.CLI, "''") {
				t.Errorf("%s: %s", e.address, u.CLI)
			}
			if blank.MatchString(u.HCL) || blank.MatchString(u.Go) || strings.Contains(strings.ReplaceAll(u.Go, `PullSubscribe("", "",`, ""), `""`) {
				t.Errorf("%s: %s%s", e.address, u.HCL, u.Go)
			}
		}
	}
}

// TestCautions: what docs/security.md A says of a share is said where it holds, and
// nowhere else.
func TestCautions(t *testing.T) {
	topology := all(t)
	for _, c := range []struct {
		words string
		refs  []string // the shares, and no others
	}{
		{"A CREATE grant is publish rights over", []string{"copied", "filtered", "kv-narrow", "kv-read", "kv-write", "mirrored", "object-read", "object-write", "read", "trusted"}},
		{"may delete every consumer", []string{"mirrored", "trusted"}},
		{"pulls from every pull consumer", []string{"filtered", "read"}},
		{"filter_subjects is no boundary", []string{"kv-narrow"}},
		{"All importers share one consumer", []string{"competing"}},
		{"Nats-Rollup erases", []string{"in", "kv-write", "object-write", "trusted"}},
		{"It is public", []string{"news"}},
		{"Expiry alone ends no running access", []string{"outside"}},
		{"not at the consumer's own subject", []string{"moved"}},
		{"must answer its status messages", []string{"flowing"}},
		{"Only subscribers in the queue group", []string{"flowing", "moved", "pushed"}},
		{"neither payload nor header", []string{"bound", "bound-blind", "competing", "grouped", "grouped-blind", "outside", "pulled", "silent"}},
		{"Clients must set the inbox prefix", []string{"kv-narrow", "kv-read", "kv-write", "object-read", "object-write", "trusted"}},
		{"keys can be read and not watched", []string{"kv-look-up"}},
		{"neither listed nor read", []string{"object-look-up"}},
	} {
		var refs []string
		for _, s := range topology.Shares {
			for _, i := range explained(t, topology, s.Src.Address()).Importers {
				if strings.Contains(strings.Join(i.Cautions, "\n"), c.words) && !slices.Contains(refs, s.Name) {
					refs = append(refs, s.Name)
				}
			}
		}
		slices.Sort(refs)
		if !slices.Equal(refs, c.refs) {
			t.Errorf("%q is said of %q, not of %q", c.words, refs, c.refs)
		}
	}
}

// TestReferences: how something may be named.
func TestReferences(t *testing.T) {
	topology := compile(t, `
operator "O" {}
account "t" {
  for_each = toset(["a", "b c"])
  jetstream {}
  stream "S" {
    consumer "C-1" {}
  }
  user "u" {}
  key_value "K" {}
}
account "odd name" {}
`)
	for ref, name := range map[string]string{
		`account.t["a"]`:                          "t-a",
		`account["t"]["b c"]`:                     "t-b c",
		`account.t["a"].stream.S`:                 "S",
		`account.t["a"].stream.S.consumer.C-1`:    "C-1",
		`account.t["a"].stream["S"].consumer.C-1`: "C-1",
		`account.t["b c"].user.u`:                 "u",
		`account.t["a"].key_value.K`:              "K",
		`account["odd name"]`:                     "odd name",
		`account.SYS`:                             "SYS",
		`account.t["a"].stream.S.consumer["C-1"]`: "C-1",
	} {
		if x := explained(t, topology, ref); x.Name != name {
			t.Errorf("%s is %s", ref, x.Name)
		}
	}
	for ref, want := range map[string]string{
		`account.t`:                       `the topology has no account.t; it is a family of 2: name one of it, as in account.t["a"]`,
		`account.t["a"].stream.T`:         `the topology has no account.t["a"].stream.T; did you mean account.t["a"].stream.S?`,
		`account.t-a`:                     `the topology has no account.t-a; did you mean account.t["a"]?`,
		`S`:                               `the topology has no S; did you mean account.t["a"].stream.S?`,
		`share.nothing-that-is-like-that`: `the topology has no share.nothing-that-is-like-that; accounts, users, streams, consumers, buckets and shares can be explained`,
	} {
		_, err := Of(topology, ref, "generated")
		var unknown *Unknown
		if !errors.As(err, &unknown) || err.Error() != want {
			t.Errorf("%s: %v", ref, err)
		}
	}
	for _, ref := range []string{"", "account.", "a b", `account[1]`, `account.t[`, `"account"`, `account.*`} {
		_, err := Of(topology, ref, "generated")
		var malformed *Malformed
		if !errors.As(err, &malformed) {
			t.Errorf("%q: %v", ref, err)
		}
	}
}

// TestExamples explains everything in every example, in both formats.
func TestExamples(t *testing.T) {
	dirs, err := filepath.Glob("../../examples/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, dir := range dirs {
		o := schema.Options{Tree: os.DirFS(dir), Path: "."}
		if files, err := filepath.Glob(dir + "/env/*.hclvars"); err != nil {
			t.Fatal(err)
		} else if len(files) > 0 {
			data, err := os.ReadFile(files[0])
			if err != nil {
				t.Fatal(err)
			}
			o.Vars = []schema.Values{{From: files[0], File: data}}
		}
		topology := load(t, o)
		for _, e := range entities(topology, "generated")[:min(len(entities(topology, "generated")), 200)] {
			for name, write := range Formats {
				var out bytes.Buffer
				if err := write(explained(t, topology, e.address), &out); err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(out.String(), e.name) {
					t.Errorf("%s: the %s of %s does not name it", dir, name, e.address)
				}
			}
		}
	}
}

// TestHidden: what could move a terminal's cursor, or hide, is shown as an
// escape; and JSON has the name as it is.
func TestHidden(t *testing.T) {
	topology := compile(t, `
operator "O" {}
account "A" {
  description = "\u001b[2J$(reboot)"
}
`)
	x := explained(t, topology, "account.A")
	var text, data bytes.Buffer
	if err := errors.Join(x.Text(&text), x.JSON(&data)); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text.String(), "\x1b") || !strings.Contains(text.String(), `\u{1b}[2J`) {
		t.Errorf("%q", text.String())
	}
	var decoded Explanation
	if err := json.Unmarshal(data.Bytes(), &decoded); err != nil || decoded.Description != "\x1b[2J$(reboot)" {
		t.Errorf("%q, %v", decoded.Description, err)
	}
}

// TestInboxOfUsers: only of a user who may subscribe to nothing else is it said
// that it must use its own prefix.
func TestInboxOfUsers(t *testing.T) {
	topology := compile(t, `
operator "O" {}
account "A" {
  user "narrow" {
    inbox_prefix = "_I.narrow"
    publish { allow = ["a"] }
    subscribe { allow = ["b"] }
  }
  user "wide" { inbox_prefix = "_I.wide" }
}
`)
	for user, words := range map[string]string{"narrow": "may not subscribe to other inboxes", "wide": "may subscribe to other inboxes"} {
		x := explained(t, topology, "account.A.user."+user)
		if said := strings.Join(x.Cautions, "\n"); !strings.Contains(said, words) {
			t.Errorf("%s: %q", user, said)
		}
	}
}

// What clients do is told with the inbox of a user as whom clients connect: leaf
// nodes and MQTT clients run none of it.
func TestInboxOfClients(t *testing.T) {
	topology := compile(t, `
operator "O" {}
account "A" {
  jetstream {}
  stream "S" {
    subjects = ["s.>"]
    consumer "C" {}
  }
}
account "B" {
  user "edge" {
    connection_types = ["LEAFNODE"]
    access { shares = [share.work] }
  }
  user "shop" {
    access { shares = [share.work] }
  }
}
share "work" {
  consumer = account.A.stream.S.consumer.C
  to "B" {}
}
`)
	x := explained(t, topology, "share.work")
	if i := x.Importers[0]; i.ForUser != "shop" || len(i.Users) != 2 {
		t.Errorf("the uses are of user %q of %v", i.ForUser, i.Users)
	}
}

// TestPulls: what pulls must not ask for, and must name, is in every command and
// in what clients are told.
func TestPulls(t *testing.T) {
	topology := all(t)
	for _, c := range []struct {
		share         string
		cli, code     string // parts of them; no CLI knows groups
		setting, told string
	}{
		{"bound", " --timeout=1.5s", "consumer.Fetch(3, jetstream.FetchMaxWait(1500 * time.Millisecond))", "longest wait of a pull", "1.5s"},
		{"bound-blind", " --timeout=1.5s", "sub.Fetch(3, nats.MaxWait(1500 * time.Millisecond))", "most messages of a pull", "3"},
		{"grouped", "", `consumer.Fetch(10, jetstream.FetchPriorityGroup("g"), jetstream.FetchMaxWait(20 * time.Second))`, "priority group", "g, h"},
		{"grouped-blind", "", "nc.PublishRequest(\"A.API.CONSUMER.MSG.NEXT.S.GROUPED-BLIND\", answers.Subject, []byte(`{\"batch\":10,\"group\":\"g\"}`))", "priority group", "g, h"},
	} {
		i := explained(t, topology, "share."+c.share).Importers[0]
		use := i.Uses[0]
		if !strings.Contains(use.CLI, c.cli) || (use.CLI == "") != (c.cli == "") || !strings.Contains(use.Go, c.code) {
			t.Errorf("%s: %s\n%s", c.share, use.CLI, use.Go)
		}
		if !slices.ContainsFunc(i.Settings, func(s client.Setting) bool { return s.Name == c.setting && s.Value == c.told }) {
			t.Errorf("%s: clients are told %+v", c.share, i.Settings)
		}
	}
}

// TestAnswers: how a service answers is said in words.
func TestAnswers(t *testing.T) {
	for response, want := range map[string]string{"single": "service s\n", "stream": "service s, answered by a stream\n", "chunked": "service s, answered in chunks\n"} {
		x := explained(t, compile(t, `
operator "O" {}
account "A" {}
account "B" {}
share "s" {
  service  = "s"
  from     = account.A
  response = "`+response+`"
  to "B" {}
}
`), "share.s")
		var text bytes.Buffer
		if err := x.Text(&text); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text.String(), want) {
			t.Errorf("%s: no %q in\n%s", response, want, text.String())
		}
	}
}
