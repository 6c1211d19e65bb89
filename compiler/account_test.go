package compiler_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"jsc/compiler"
	"jsc/schema"
	"jsc/schema/diag"
)

// compiled compiles a topology and returns the names of the rules that it
// breaks too.
func compiled(t *testing.T, text string) (*compiler.Topology, []string) {
	t.Helper()
	return compiledWith(t, text, nil)
}

func compiledWith(t *testing.T, text string, keys schema.Keys) (*compiler.Topology, []string) {
	t.Helper()
	config, diags := schema.Load(schema.Options{
		Tree: fstest.MapFS{"t.hcl": &fstest.MapFile{Data: []byte(text)}},
		Path: "t.hcl",
		Keys: keys,
	})
	topology, more := compiler.Compile(config, keys)
	var rules []string
	for _, d := range diag.Sort(append(diags, more...)) {
		rules = append(rules, diag.Of(d).Rule.Name)
	}
	return topology, rules
}

// fixtures are the texts of testdata/errors by file name.
func fixtures(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", "errors", "*.hcl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	texts := make(map[string]string, len(files))
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(file)] = string(data)
	}
	return texts
}

// valid compiles a topology that breaks no rule.
func valid(t *testing.T, text string) *compiler.Topology {
	t.Helper()
	topology, rules := compiled(t, text)
	if len(rules) > 0 {
		t.Fatalf("broken rules: %v", rules)
	}
	return topology
}

func user(t *testing.T, a *compiler.Account, name string) *compiler.User {
	t.Helper()
	for _, u := range a.Users {
		if u.Name == name {
			return u
		}
	}
	t.Fatalf("no user %s", name)
	return nil
}

func TestOperatorAloneHasASystemAccount(t *testing.T) {
	topology := valid(t, `operator "O" {}`)
	if len(topology.Accounts) != 1 {
		t.Fatalf("%d accounts", len(topology.Accounts))
	}
	sys := topology.Accounts[0]
	if sys.Name != "SYS" || !sys.System || topology.Operator.SystemAccount != sys {
		t.Errorf("system account: %+v", sys)
	}
	if want := schema.StandIn(schema.ID("account", "SYS")); sys.PublicKey != want {
		t.Errorf("key %s, want the stand-in %s", sys.PublicKey, want)
	}
	want := []*compiler.Export{
		{Name: "account-monitoring-services", Type: compiler.ServiceType, Subject: "$SYS.REQ.ACCOUNT.*.*", Terms: compiler.Terms{Response: "stream", TokenPosition: 4}},
		{Name: "account-monitoring-streams", Type: compiler.StreamType, Subject: "$SYS.ACCOUNT.*.>", Terms: compiler.Terms{TokenPosition: 3}},
	}
	if diff := cmp.Diff(want, sys.Exports); diff != "" {
		t.Errorf("exports (-want +got):\n%s", diff)
	}
}

func TestSystemAccountIsFoundByLabelOrReference(t *testing.T) {
	for name, text := range map[string]string{
		"default":   `operator "O" {}` + "\n" + `account "SYS" {}`,
		"label":     `operator "O" { system_account = "ADMIN" }` + "\n" + `account "ADMIN" { name = "SYS" }`,
		"renamed":   `operator "O" {}` + "\n" + `account "SYS" { name = "ADMIN" }`,
		"reference": `operator "O" { system_account = account.ADMIN }` + "\n" + `account "ADMIN" { name = "SYS" }`,
	} {
		t.Run(name, func(t *testing.T) {
			topology := valid(t, text)
			if len(topology.Accounts) != 1 || topology.Operator.SystemAccount == nil || topology.Operator.SystemAccount.Src == nil {
				t.Errorf("the declared account is not the system account: %d accounts", len(topology.Accounts))
			}
		})
	}
}

// TestSystemAccountIsNotFoundByName holds that no name out of data makes an
// account the one that sees all others.
func TestSystemAccountIsNotFoundByName(t *testing.T) {
	for name, text := range map[string]string{
		"a family's, by default": `operator "O" {}
account "tenant" {
  for_each = toset(["acme", "SYS"])
  name     = each.key
}`,
		"a family's, by label": `operator "O" { system_account = "acme" }
account "tenant" {
  for_each = toset(["acme"])
  name     = each.key
}`,
		"an account's": `operator "O" {}
account "ADMIN" { name = "SYS" }`,
		"an account's whose label is free": `operator "O" { system_account = "ADMIN" }
account "SYS" { name = "ADMIN-2" }
account "A" { name = "ADMIN" }`,
	} {
		t.Run(name, func(t *testing.T) {
			topology, rules := compiled(t, text)
			if !slices.Equal(rules, []string{"duplicate-name"}) || topology.Operator.SystemAccount != nil {
				t.Errorf("broken rules: %v; the system account: %+v", rules, topology.Operator.SystemAccount)
			}
		})
	}
}

func TestSystemAccountKeepsWiderExportsOfItsOwn(t *testing.T) {
	topology := valid(t, `
operator "O" {}
account "SYS" {
  export "mine" {
    stream = "$SYS.ACCOUNT.>"
    public = true
  }
}`)
	var got []string
	for _, e := range topology.Accounts[0].Exports {
		got = append(got, e.Name)
	}
	if diff := cmp.Diff([]string{"account-monitoring-services", "mine"}, got); diff != "" {
		t.Errorf("exports (-want +got):\n%s", diff)
	}
}

func TestExternalOperatorHasNoSystemAccount(t *testing.T) {
	key := schema.StandIn("operator/HOSTED")
	topology := valid(t, `
operator "HOSTED" {
  external   = true
  public_key = "`+key+`"
}
account "A" {}`)
	if o := topology.Operator; o.SystemAccount != nil || !o.External || o.PublicKey != key {
		t.Errorf("operator: %+v", o)
	}
	if len(topology.Accounts) != 1 || topology.Accounts[0].SignedBy != nil {
		t.Errorf("accounts: %+v", topology.Accounts)
	}
}

func TestServerDefaults(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want compiler.Server
	}{
		"none": {
			`operator "O" {}`,
			compiler.Server{Version: "2.15", Name: "O", ClusterSize: 1, Ack: compiler.AckFormats{V1: true}},
		},
		"v2 sets its flag": {
			`operator "my op" {}` + "\nserver {\n ack_format = \"v2\"\n feature_flags = { js_snapshot_sources = true }\n}",
			compiler.Server{Version: "2.15", Name: "my-op", ClusterSize: 1, Ack: compiler.AckFormats{V2: true}, Flags: map[string]bool{"js_ack_fc_v2": true, "js_snapshot_sources": true}},
		},
		"both leaves it": {
			`operator "O" {}` + "\nserver {\n ack_format = \"both\"\n feature_flags = { js_ack_fc_v2 = false }\n cluster_size = 3\n name = \"n\"\n jetstream {\n domain = \"ngs\"\n}\n}",
			compiler.Server{Version: "2.15", Name: "n", ClusterSize: 3, Ack: compiler.AckFormats{V1: true, V2: true}, Domain: "ngs", Flags: map[string]bool{"js_ack_fc_v2": false}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := valid(t, c.text).Server
			got.Src = nil
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("server (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSigners: where there are signing keys, identity keys sign nothing, strict
// or not.
func TestSigners(t *testing.T) {
	for _, strict := range []bool{true, false} {
		testSigners(t, fmt.Sprintf(signersText, strict))
	}
}

const signersText = `
operator "O" {
  strict_signing_keys = %v
  signing_key "first" {}
  signing_key "second" {}
}
account "A" {
  signing_key "role" {
    role {}
  }
  signing_key "plain" {}
  user "u" {}
  user "scoped" { signing_key = "role" }
}
account "B" {
  signed_by = "second"
}`

func testSigners(t *testing.T, text string) {
	t.Helper()
	topology := valid(t, text)
	a := account(t, topology, "A")
	for _, c := range []struct {
		what      string
		got, want *compiler.SigningKey
	}{
		{"SYS", account(t, topology, "SYS").SignedBy, topology.Operator.SigningKeys[0]},
		{"A", a.SignedBy, topology.Operator.SigningKeys[0]},
		{"B", account(t, topology, "B").SignedBy, topology.Operator.SigningKeys[1]},
		{"u", user(t, a, "u").SignedBy, a.SigningKeys[1]},
		{"scoped", user(t, a, "scoped").SignedBy, a.SigningKeys[0]},
		{"plain key", a.PlainKey(), a.SigningKeys[1]},
	} {
		if c.got != c.want {
			t.Errorf("%s is signed by %+v, want %+v", c.what, c.got, c.want)
		}
	}
	if user(t, a, "u").Scoped || !user(t, a, "scoped").Scoped {
		t.Error("only the user of the role's key is scoped")
	}
	if want := schema.StandIn("account/A/signing/plain"); a.SigningKeys[1].PublicKey != want {
		t.Errorf("key %s, want %s", a.SigningKeys[1].PublicKey, want)
	}
}

// TestSigningKeysByLabelOrName: a label comes before another key's name.
func TestSigningKeysByLabelOrName(t *testing.T) {
	topology := valid(t, `
operator "O" {
  signing_key "spare" { name = "main" }
  signing_key "main" { name = "O-2026" }
  signing_key "year" {
    for_each = toset(["2027"])
    name     = "O-${each.key}"
  }
}
account "A" { signed_by = "main" }
account "B" { signed_by = "O-2026" }
account "C" { signed_by = "spare" }
account "D" {
  signed_by = "O-2027"
  signing_key "app" { name = "D-2026" }
  user "u" { signing_key = "app" }
}`)
	for _, c := range []struct {
		what string
		got  *compiler.SigningKey
		want string
	}{
		{"A", account(t, topology, "A").SignedBy, "O-2026"},
		{"B", account(t, topology, "B").SignedBy, "O-2026"},
		{"C", account(t, topology, "C").SignedBy, "main"},
		{"D", account(t, topology, "D").SignedBy, "O-2027"},
		{"u", user(t, account(t, topology, "D"), "u").SignedBy, "D-2026"},
	} {
		if c.got == nil || c.got.Label != c.want {
			t.Errorf("%s is signed by %+v, want %s", c.what, c.got, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	topology := valid(t, `
operator "O" {}
account "A" {}
account "B" {
  limits {
    connections      = 10
    leaf_nodes       = 0
    subscriptions    = 5
    data             = "1MiB"
    payload          = "1KiB"
    imports          = 0
    exports          = "unlimited"
    wildcard_exports = false
    disallow_bearer  = true
  }
}`)
	for name, want := range map[string]compiler.Limits{
		"A": {-1, -1, -1, -1, -1, -1, -1, true, false},
		"B": {10, 0, 5, 1 << 20, 1 << 10, 0, -1, false, true},
	} {
		if diff := cmp.Diff(want, account(t, topology, name).Limits); diff != "" {
			t.Errorf("limits of %s (-want +got):\n%s", name, diff)
		}
	}
}

func TestJetStreamLimits(t *testing.T) {
	const free = -1
	none := compiler.JetStreamLimits{Streams: free, Consumers: free, MaxAckPending: free, MemoryMaxStream: free, DiskMaxStream: free}
	with := func(memory, disk int64) compiler.JetStreamLimits {
		l := none
		l.Memory, l.Disk = memory, disk
		return l
	}
	for name, c := range map[string]struct {
		text string
		want *compiler.JetStream
	}{
		"off":    {``, nil},
		"on":     {`jetstream {}`, &compiler.JetStream{JetStreamLimits: with(0, free)}},
		"disk":   {`jetstream { disk = "1KiB" }`, &compiler.JetStream{JetStreamLimits: with(0, 1024)}},
		"memory": {`jetstream { memory = "1KiB" }`, &compiler.JetStream{JetStreamLimits: with(1024, 0)}},
		"both": {`jetstream {
			memory = "unlimited"
			disk = 7
		}`, &compiler.JetStream{JetStreamLimits: with(free, 7)}},
		"all": {`jetstream {
			memory             = 1
			disk               = 2
			streams            = 3
			consumers          = 4
			max_ack_pending    = 5
			memory_max_stream  = 6
			disk_max_stream    = 7
			max_bytes_required = true
		}`, &compiler.JetStream{JetStreamLimits: compiler.JetStreamLimits{Memory: 1, Disk: 2, Streams: 3, Consumers: 4, MaxAckPending: 5, MemoryMaxStream: 6, DiskMaxStream: 7, MaxBytesRequired: true}}},
		"tiers": {`jetstream {
			tier "R3" { memory = 1 }
			tier "R1" {}
		}`, &compiler.JetStream{Tiers: []compiler.Tier{{Replicas: 1, JetStreamLimits: with(0, free)}, {Replicas: 3, JetStreamLimits: with(1, 0)}}}},
	} {
		t.Run(name, func(t *testing.T) {
			a := account(t, valid(t, `operator "O" {}`+"\n"+`account "A" {`+"\n"+c.text+"\n}"), "A")
			if diff := cmp.Diff(c.want, a.JetStream); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReserved(t *testing.T) {
	topology := valid(t, `
operator "O" {}
account "A" {
  jetstream {
    disk   = 1
    memory = "unlimited"
  }
}
account "B" {
  jetstream {
    tier "R1" { disk = 10 }
    tier "R3" {
      disk   = 100
      memory = 1000
    }
  }
}
account "C" {}`)
	if memory, disk := topology.Reserved(); memory != 1000 || disk != 111 {
		t.Errorf("memory %d, disk %d; want 1000, 111", memory, disk)
	}
	for _, a := range topology.Accounts[:2] {
		a.JetStream = &compiler.JetStream{JetStreamLimits: compiler.JetStreamLimits{Memory: 1 << 62, Disk: 1 << 62}}
	}
	if memory, disk := topology.Reserved(); memory != math.MaxInt64 || disk != math.MaxInt64 {
		t.Errorf("memory %d, disk %d; want no overflow", memory, disk)
	}
}

func TestAccountsRest(t *testing.T) {
	a := account(t, valid(t, `
operator "O" {}
account "A" {
  expires         = "30d"
  renew_before    = "5d"
  cluster_traffic = "owner"
  default_permissions {
    publish { deny = ["b", "a"] }
    responses {}
  }
  user "svc" {}
  user "joe" {}
  auth_callout {
    users            = ["svc"]
    allowed_accounts = ["*"]
  }
  trace { destination = "trace" }
  revoke "joe" {
    user   = "joe"
    before = "2027-01-31"
  }
  revoke "all" { user = "*" }
  mapping "b.*" { destination = "c.$1" }
  mapping "a" {
    to "x" { weight = 20 }
    to "y" {
      weight  = 30
      cluster = "east"
    }
  }
}`), "A")
	if want := (compiler.Expiry{After: 30 * 24 * time.Hour, RenewBefore: 5 * 24 * time.Hour}); a.Expiry != want {
		t.Errorf("expiry %v", a.Expiry)
	}
	if a.ClusterTraffic != "owner" {
		t.Errorf("cluster traffic %q", a.ClusterTraffic)
	}
	for _, d := range []string{
		cmp.Diff(&compiler.Permissions{PublishDeny: []string{"a", "b"}, Responses: &compiler.Responses{Max: 1}}, a.Defaults),
		cmp.Diff(&compiler.AuthCallout{Users: []string{user(t, a, "svc").PublicKey}, AllowedAccounts: []string{"*"}}, a.AuthCallout),
		cmp.Diff(&compiler.Trace{Destination: "trace", Sampling: 100}, a.Trace),
		cmp.Diff([]*compiler.Revocation{
			{Label: "joe", User: user(t, a, "joe").PublicKey, Before: time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC), At: a.Src.Revokes[0].Before.Range()},
			{Label: "all", User: "*"},
		}, a.Revocations),
		cmp.Diff([]*compiler.Mapping{
			{From: "a", To: []compiler.Destination{{Subject: "x", Weight: 20}, {Subject: "y", Weight: 30, Cluster: "east"}}},
			{From: "b.*", To: []compiler.Destination{{Subject: "c.$1", Weight: 100}}},
		}, a.Mappings),
	} {
		if d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}
