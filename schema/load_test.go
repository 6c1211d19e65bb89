package schema

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// load1 loads one file of HCL.
func load1(t *testing.T, src string, change ...func(*Options)) (*Config, hcl.Diagnostics) {
	t.Helper()
	o := Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(src)}}, Path: "t.hcl"}
	for _, f := range change {
		f(&o)
	}
	return Load(o)
}

// good loads one file that must have nothing wrong with it.
func good(t *testing.T, src string, change ...func(*Options)) *Config {
	t.Helper()
	c, diags := load1(t, src, change...)
	for _, d := range diags {
		t.Errorf("unexpected: %s", said(d))
	}
	return c
}

func said(d *hcl.Diagnostic) string {
	return d.Subject.String() + ": " + d.Summary + " [" + diag.Of(d).Rule.Name + "] " + diag.Of(d).Hint
}

func TestLoadGuide(t *testing.T) {
	c, diags := Load(Options{Tree: os.DirFS("../examples/order-events"), Path: "."})
	for _, d := range diags {
		t.Errorf("unexpected: %s", said(d))
	}
	if len(c.Accounts) != 2 || len(c.Shares) != 1 || len(c.Operators) != 1 {
		t.Fatalf("accounts %d, shares %d, operators %d", len(c.Accounts), len(c.Shares), len(c.Operators))
	}
	if len(c.Servers) != 1 || c.Servers[0].JetStream.Domain.Value != "ngs" {
		t.Errorf("servers: %v", c.Servers)
	}
	s := c.Accounts[0].Streams[0]
	if s.MaxBytes.Value != 1<<20 || s.MaxAge.Value != 365*24*time.Hour || s.Name != "ORDEREVENTS" {
		t.Errorf("stream %s: max_bytes %d, max_age %s", s.Name, s.MaxBytes.Value, s.MaxAge.Value)
	}
	share := c.Shares[0]
	if share.Consumer.Value.(*Consumer) != s.Consumers[0] {
		t.Error("share.consumer is not the consumer that was declared")
	}
	if share.To[0].Importer() != c.Accounts[1] {
		t.Error("to \"ACCTB\" is not account ACCTB")
	}
	if got := c.Accounts[1].Users[0].Access.Shares.Value[0].(*Share); got != share {
		t.Error("access.shares is not the share")
	}
	if got := s.Consumers[0].Address(); got != "account.ACCTA.stream.ORDEREVENTS.consumer.ORDEREVENTS-C1" {
		t.Errorf("address %s", got)
	}
}

const tenants = `
variable "tenants" { default = { acme = "gold", zeta = "iron" } }
locals { prefix = "t" }
account "tenant" {
  for_each = var.tenants
  name     = "${local.prefix}-${each.key}"
  stream "S" {
    for_each = toset(["a", "b"])
    subjects = ["x.${each.parent.key}.${each.key}.>"]
    consumer "c" { deliver_subject = "d.${each.parent.value}.${each.key}" }
  }
}
account "hub" {}
share "s" {
  for_each = account.tenant
  consumer = each.value.stream.S["a"].consumer.c
  to "hub" { api_prefix = "API.${each.value.name}" }
}
share "all" {
  subject = "news.>"
  from    = account.hub
  to "t" {
    for_each = account.tenant
    account  = each.value
  }
}
`

func TestForEach(t *testing.T) {
	c := good(t, tenants)
	var names []string
	for _, a := range c.Accounts {
		names = append(names, a.Name+"="+a.Address())
		for _, s := range a.Streams {
			names = append(names, s.Name+":"+string(s.Subjects.Value[0])+":"+string(s.Consumers[0].DeliverSubject.Value))
		}
	}
	for _, s := range c.Shares {
		for _, to := range s.To {
			names = append(names, s.Name+"→"+to.Importer().Name+":"+to.APIPrefix.Value)
		}
	}
	want := `t-acme=account.tenant["acme"]
S-a:x.acme.a.>:d.gold.a
S-b:x.acme.b.>:d.gold.b
t-zeta=account.tenant["zeta"]
S-a:x.zeta.a.>:d.iron.a
S-b:x.zeta.b.>:d.iron.b
hub=account.hub
s-acme→hub:API.t-acme
s-zeta→hub:API.t-zeta
all→t-acme:
all→t-zeta:`
	if got := strings.Join(names, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestJSONSyntax(t *testing.T) {
	src := `{
  "account": {"A": {"stream": {"S": {"subjects": ["a.>"], "max_age": "1d", "consumer": {"C": {}}}}}, "B": {}},
  "share": {"s": {"consumer": "${account.A.stream.S.consumer.C}", "to": {"B": {}}}},
  "account ": {}
}`
	_, diags := Load(Options{Tree: fstest.MapFS{"t.hcl.json": {Data: []byte(src)}}, Path: "t.hcl.json"})
	if len(diags) != 1 || diag.Of(diags[0]).Rule.Name != "unknown-block" {
		t.Errorf("an unknown property: %v", diags)
	}
	src = strings.Replace(src, ",\n  \"account \": {}", "", 1)
	c, diags := Load(Options{Tree: fstest.MapFS{"t.hcl.json": {Data: []byte(src)}}, Path: "t.hcl.json"})
	for _, d := range diags {
		t.Errorf("unexpected: %s", said(d))
	}
	if len(c.Shares) != 1 || c.Shares[0].To[0].Importer().Name != "B" {
		t.Errorf("shares %v", c.Shares)
	}
	if c.Shares[0].Consumer.Value.Header().Name != "C" {
		t.Error("a reference in a string is not a reference")
	}
}

func TestModule(t *testing.T) {
	tree := fstest.MapFS{
		"main.hcl": {Data: []byte(`
module "team" {
  for_each = toset(["a", "b"])
  source   = "./team"
  title    = each.key
  peer     = account.hub
}
account "hub" {}
share "x" {
  stream = module.team["a"].account.main.stream.S
  to "hub" {}
}
account "more" { description = module.team["b"].greeting }
`)},
		"team/team.hcl": {Data: []byte(`
variable "title" { type = string }
variable "peer" {}
account "main" {
  name = "team-${var.title}"
  stream "S" { subjects = ["${var.title}.>"] }
}
share "up" {
  name   = "up-${var.title}"
  stream = account.main.stream.S
  mode   = "publish"
  to "hub" { account = var.peer }
}
output "greeting" { value = "hello ${account.main.name}" }
`)},
	}
	c, diags := Load(Options{Tree: tree, Path: "."})
	for _, d := range diags {
		t.Errorf("unexpected: %s", said(d))
	}
	got := map[string]string{}
	for _, a := range c.Accounts {
		got[a.Address()] = a.Name + a.Description.Value
	}
	for address, want := range map[string]string{
		`account.hub`: "hub", `module.team["a"].account.main`: "team-a", `module.team["b"].account.main`: "team-b", "account.more": "morehello team-b",
	} {
		if got[address] != want {
			t.Errorf("%s: %q, want %q", address, got[address], want)
		}
	}
	if len(c.Shares) != 3 || c.Shares[0].Stream.Value.Header().Address() != `module.team["a"].account.main.stream.S` {
		t.Errorf("shares: %d", len(c.Shares))
	}
}

func TestVariablePrecedence(t *testing.T) {
	src := `
variable "n" { type = number }
account "A" { description = "n is ${var.n}" }
`
	env := func(name string) (string, bool) { return "3", name == "JSC_VAR_n" }
	for _, test := range []struct {
		vars []Values
		want string
	}{
		{nil, "n is 3"},
		{[]Values{{From: "f.hclvars", File: []byte("n = 2\n")}}, "n is 2"},
		{[]Values{{From: "--var n=1", Text: map[string]string{"n": "1"}}, {From: "f.hclvars", File: []byte("n = 2\n")}}, "n is 1"},
	} {
		c := good(t, src, func(o *Options) { o.Env, o.Vars = env, test.vars })
		if got := c.Accounts[0].Description.Value; got != test.want {
			t.Errorf("%v: %q, want %q", test.vars, got, test.want)
		}
	}
}
