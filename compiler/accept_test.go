package compiler_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/nats-io/jwt/v2"
	"github.com/nats-io/nkeys"

	"jsc/compiler"
	"jsc/compiler/bundle"
	"jsc/schema"
	"jsc/schema/diag"
)

// parties are an exporter and an importer that have no key in common.
type parties struct {
	exporter, importer nkeys.KeyPair
}

func newParties(t *testing.T) *parties {
	return &parties{newKey(t), newKey(t)}
}

func public(t *testing.T, k nkeys.KeyPair) string {
	t.Helper()
	key, err := k.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// bundle is what the exporter's own topology hands to the importer for shares.
func (x *parties) bundle(t *testing.T, shares string) *bundle.Bundle {
	t.Helper()
	topology := x.exported(t, shares, "external = true")
	b := &bundle.Bundle{Format: bundle.Format, To: bundle.Account{Account: "B", PublicKey: public(t, x.importer)}}
	e := bundle.Exporter{From: bundle.Account{Account: "A", PublicKey: public(t, x.exporter)}}
	for _, s := range topology.Shares {
		out := bundle.Share{Name: s.Name, Kind: s.Kind.Name, Bucket: s.Bucket}
		if s.Stream != nil {
			out.Stream = s.Stream.Config.Name
		}
		if s.Consumer != nil {
			c := s.Consumer.Config
			out.Consumer, out.DeliverGroup, out.AckPolicy = c.Name, c.DeliverGroup, c.AckPolicy
		}
		for _, g := range s.Targets[0].Grants {
			out.Grants = append(out.Grants, bundle.Grant{
				Grant: g.RowName(), Type: string(g.Type), Subject: g.Subject,
				Token: x.token(t, string(g.Type), g.Subject, nil),
			})
		}
		e.Shares = append(e.Shares, out)
	}
	b.Bundles = []bundle.Exporter{e}
	return b
}

// token is an activation token of the exporter for the importer.
func (x *parties) token(t *testing.T, typ, subject string, change func(*jwt.ActivationClaims)) string {
	t.Helper()
	c := jwt.NewActivationClaims(public(t, x.importer))
	c.ImportSubject, c.ImportType = jwt.Subject(subject), jwt.Service
	if typ == "stream" {
		c.ImportType = jwt.Stream
	}
	if change != nil {
		change(c)
	}
	text, err := c.Encode(x.exporter)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// exported is the topology of the exporter, in which B is as given.
func (x *parties) exported(t *testing.T, shares, b string) *compiler.Topology {
	t.Helper()
	text := strings.Replace(exporter, "account \"B\" {\n  jetstream {}\n}", fmt.Sprintf("account \"B\" {\n  public_key = %q\n  %s\n}", public(t, x.importer), b), 1)
	text = strings.Replace(text, `account "A" {`, fmt.Sprintf("account \"A\" {\n  public_key = %q", public(t, x.exporter)), 1)
	if strings.Contains(shares, "ack_format") {
		text = strings.Replace(text, `operator "O" {}`, "operator \"O\" {}\nserver {\n  ack_format = \"both\"\n  jetstream { domain = \"hub\" }\n}", 1)
	}
	topology, _ := compile(t, text+shares)
	return topology
}

// importerText is the importer's topology with an accept block's further lines.
func (x *parties) importerText(t *testing.T, block, more string) string {
	t.Helper()
	return fmt.Sprintf(`
operator "P" {}
account "B" {
  public_key = %q
  jetstream {}
  accept "in" {
    bundle = "b.json"
    from   = %q
    %s
  }
  %s
}`, public(t, x.importer), public(t, x.exporter), block, more)
}

// compileFiles compiles t.hcl among further files; rules broken come back.
func compileFiles(t *testing.T, files map[string]string) (*compiler.Topology, []string) {
	t.Helper()
	tree := fstest.MapFS{}
	for name, text := range files {
		tree[name] = &fstest.MapFile{Data: []byte(text)}
	}
	config, diags := schema.Load(schema.Options{Tree: tree, Path: "t.hcl"})
	topology, more := compiler.Compile(config, nil)
	var rules []string
	for _, d := range diag.Sort(append(diags, more...)) {
		if d.Subject == nil || d.Subject.Filename != "t.hcl" || *d.Subject == (hcl.Range{}) {
			t.Errorf("no place: %s", d.Summary)
		}
		rules = append(rules, diag.Of(d).Rule.Name)
		t.Log(d.Subject, d.Summary)
	}
	return topology, rules
}

func (x *parties) accept(t *testing.T, b *bundle.Bundle, block, more string) (*compiler.Topology, []string) {
	t.Helper()
	data, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	return compileFiles(t, map[string]string{"t.hcl": x.importerText(t, block, more), "b.json": string(data)})
}

// handedOver has a share of every kind, and how the importer takes it.
var handedOver = []struct{ name, share, accept string }{
	{"push", `consumer = account.A.stream.S.consumer.PUSH`, ``},
	{"push remapped", `consumer = account.A.stream.S.consumer.PUSH`, `local_subject = "here"`},
	{"push with flow control", `consumer = account.A.stream.S.consumer.FC`, ``},
	{"push without acks", `consumer = account.A.stream.S.consumer.NONE`, ``},
	{"pull", `consumer = account.A.stream.Q.consumer.PULL`, `api_prefix = "X.Y"`},
	{"pull without info", "consumer = account.A.stream.Q.consumer.PULL\n info = false", ``},
	{"durable-source", `consumer = account.A.stream.S.consumer.SOURCED`, `local_subject = "here.too"`},
	{"source", "stream = account.A.stream.S\n mode = \"source\"", ``},
	{"source with a filter", "stream = account.A.stream.S\n mode = \"source\"\n filter_subjects = [\"s.a.>\"]", ``},
	{"mirror", "stream = account.A.stream.S\n mode = \"mirror\"", ``},
	{"read", `stream = account.A.stream.S`, ``},
	{"read without direct gets", `stream = account.A.stream.L`, ``},
	{"read some", "stream = account.A.stream.S\n filter_subjects = [\"s.a\", \"s.b.*\"]", ``},
	{"publish some", "stream = account.A.stream.S\n mode = \"publish\"\n filter_subjects = [\"s.a\"]", `local_subject = "out"`},
	{"kv-read", "key_value = account.A.key_value.K\n watch = false", ``},
	{"kv-read watched", "key_value = account.A.key_value.K\n watch = true", ``},
	{"kv-read some, watched", "key_value = account.A.key_value.K\n watch = true\n filter_subjects = [\"k\"]", ``},
	{"kv-write", "key_value = account.A.key_value.K\n mode = \"write\"\n watch = false", ``},
	{"object-read", "object_store = account.A.object_store.F\n watch = true", `inbox_prefix = "_INBOX_B"`},
	{"object-write", "object_store = account.A.object_store.F\n mode = \"write\"\n watch = true", ``},
	{"subject", "subject = \"news.*\"\n from = account.A", ``},
	{"service", "service = \"ask.*\"\n from = account.A", `local_subject = "asked.$1"`},
	{"service by key", "service = \"ask.*\"\n from = account.A\n account_token_position = 2", `local_subject = "asked"`},
}

// TestAcceptIsTheShare holds an accepted share of every kind, in both ack
// formats, to what the importer would have if the exporter were signed with it.
func TestAcceptIsTheShare(t *testing.T) {
	kinds := map[string]bool{}
	for _, c := range handedOver {
		for _, formats := range []string{"", "# ack_format"} {
			t.Run(c.name+formats, func(t *testing.T) {
				x := newParties(t)
				const open = "to \"B\" {\n trusted = true\n %s\n}"
				share := func(to string) string {
					return fmt.Sprintf("\nshare \"orders\" {\n%s\n"+open+"\n}\n%s", c.share, to, formats)
				}
				local := x.exported(t, share(c.accept), "jetstream {}")
				kinds[local.Shares[0].Kind.Name] = true
				topology, rules := x.accept(t, x.bundle(t, share("")), c.accept, "")
				if len(rules) > 0 {
					t.Fatalf("rules %v", rules)
				}
				b, want := account(t, topology, "B"), account(t, local, "B")
				// By default the prefix has the exporter's name, where that is known.
				if diff := cmp.Diff(importLines(want, "A.API."), importLines(b, "in.API.")); diff != "" {
					t.Errorf("imports (-signed together +accepted):\n%s", diff)
				}
				if len(topology.Activations) > 0 {
					t.Errorf("activations are made: %v", topology.Activations)
				}
				for _, i := range b.Imports {
					if i.Token == "" || i.Grant.Share != topology.Accepted[0] {
						t.Errorf("%s: token %v, share %v", i.Name, i.Token != "", i.Grant.Share)
					}
				}
			})
		}
	}
	for _, k := range compiler.ShareKinds() {
		if !kinds[k.Name] {
			t.Errorf("no share of the kind %s is accepted", k.Name)
		}
	}
}

func importLines(a *compiler.Account, prefix string) []string {
	var all []string
	for _, i := range a.Imports {
		local := i.Local
		if rest, ok := strings.CutPrefix(local, prefix); ok {
			local = "API." + rest
		}
		all = append(all, fmt.Sprintf("%s %s %s %s at %s", i.From.PublicKey, i.Type, i.Name, i.Subject, local))
	}
	slices.Sort(all)
	return all
}
