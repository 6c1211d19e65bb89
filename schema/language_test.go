package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// files makes a tree of "name\ntext" pairs.
func files(pairs ...string) fstest.MapFS {
	tree := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		tree[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return tree
}

// hold compares diagnostics, as "file:line rule", with those wanted. What
// follows " ~ " in a wanted one must stand in the message, a note or the hint.
func hold(t *testing.T, diags hcl.Diagnostics, want ...string) {
	t.Helper()
	var got []string
	texts := map[string]string{}
	for _, d := range diags {
		x := diag.Of(d)
		if x == nil || d.Subject == nil {
			t.Fatalf("no diagnostic of ours: %v", d)
		}
		at := fmt.Sprintf("%s:%d %s", d.Subject.Filename, d.Subject.Start.Line, x.Rule.Name)
		got = append(got, at)
		texts[at] += d.Summary + "\n" + x.Hint + "\n"
		for _, n := range x.Notes {
			texts[at] += fmt.Sprintf("%s:%d %s\n", n.Range.Filename, n.Range.Start.Line, n.Text)
		}
	}
	var places []string
	for _, w := range want {
		place, text, _ := strings.Cut(w, " ~ ")
		places = append(places, place)
		if !strings.Contains(texts[place], text) {
			t.Errorf("%s does not say %q, but:\n%s", place, text, texts[place])
		}
	}
	slices.Sort(got)
	slices.Sort(places)
	if diff := cmp.Diff(places, got); diff != "" {
		t.Errorf("diagnostics (-wanted +given):\n%s", diff)
		for _, d := range diags {
			t.Log(said(d))
		}
	}
}

// descriptions are the accounts' descriptions by address.
func descriptions(c *Config) map[string]string {
	out := map[string]string{}
	for _, a := range c.Accounts {
		out[a.Address()] = a.Description.Value
	}
	return out
}

// TestExpressions holds what an expression gives as the description of an
// account, in a topology that has a bit of everything.
func TestExpressions(t *testing.T) {
	const world = `
variable "list" { default = ["x", "y"] }
variable "none" { default = null }
locals {
  tenants = { acme = { plan = "gold" }, zeta = { plan = "iron" } }
  hub     = account.hub
}
account "tenant" {
  for_each = local.tenants
  name     = "T-${each.key}"
  stream "S" {
    subjects = ["s.${each.key}.>"]
    consumer "push" { deliver_subject = "d.${each.key}" }
    consumer "pull" {}
  }
  stream "bare" {}
  stream "copy" {
    mirror { name = "S" }
  }
  key_value "kv" {}
  user "u" {}
}
account "hub" { public_key = "AHUB" }
account "odd name" {}
account "zulu" {
  public_key = "AZULU"
  stream "K" { subjects = ["k.${account.zulu.public_key}", "k.${account.hub.public_key}"] }
}
share "s" {
  subject = "news"
  from    = account.hub
  to "odd name" {}
}
`
	for _, test := range []struct{ expression, want string }{
		{`join(",", keys(account.tenant))`, "acme,zeta"},
		{`join(",", [for a in values(account.tenant) : a.name])`, "T-acme,T-zeta"},
		{`join(",", [for k, a in account.tenant : "${k}=${a.name}"])`, "acme=T-acme,zeta=T-zeta"},
		{`join(",", values(account.tenant)[*].name)`, "T-acme,T-zeta"},
		{`join(",", keys(true ? account.tenant : {}))`, "acme,zeta"},
		{`tostring(length(false ? account.tenant : {}))`, "0"},
		{`tostring(length(account.tenant))`, "2"},
		{`account.tenant["acme"].name`, "T-acme"},
		{`account.tenant.acme.name`, "T-acme"},
		{`account.tenant["${"ac"}me"].stream.S.name`, "S"},
		{`account["odd name"].name`, "odd name"},
		{`account["hub"].name`, "hub"},
		{`local.hub.name`, "hub"},
		{`[account.hub, account.zulu][1].name`, "zulu"},
		{`{ a = account.hub }.a.name`, "hub"},
		{`share.s.name`, "s"},
		{`account.hub.public_key`, "AHUB"},
		{`account.zulu.public_key`, "AZULU"},
		{`account.tenant["acme"].public_key`, StandIn("account/T-acme")},
		{`account.tenant["acme"].user.u.public_key`, StandIn("account/T-acme/user/u")},
		{`join(",", account.zulu.stream.K.subjects)`, "k.AZULU,k.AHUB"},
		{`join(",", account.tenant["zeta"].stream.S.subjects)`, "s.zeta.>"},
		{`join(",", account.tenant["zeta"].stream.bare.subjects)`, "bare"},
		{`join(",", account.tenant["zeta"].stream.copy.subjects)`, ""},
		{`account.tenant["zeta"].stream.S.consumer.push.deliver_subject`, "d.zeta"},
		{`account.tenant["zeta"].stream.S.consumer.pull.deliver_subject`, ""},
		{`account.tenant["zeta"].key_value.kv.name`, "kv"},
		{`account.hub == local.hub ? "same" : "other"`, "same"},
		{`account.hub == account.zulu ? "same" : "other"`, "other"},
		{`join(",", [for a in toset([account.zulu, account.hub, local.hub]) : a.name])`, "hub,zulu"},
		{`try(account.hub.nonsense, "fallback")`, "fallback"},
		{`try(account.tenant["nobody"].name, "nobody")`, "nobody"},
		{`can(account.tenant["nobody"]) ? "yes" : "no"`, "no"},
		{`can(account.tenant["acme"]) ? "yes" : "no"`, "yes"},
		{`lookup({ a = "x" }, "b", "dflt")`, "dflt"},
		{`[for account in ["shadow"] : account][0]`, "shadow"},
		{`var.none`, ""},
		{`coalesce(var.none, "set")`, "set"},
		{`coalesce("", var.none, account.hub.name)`, "hub"},
		{`coalesce(var.none, "")`, ""},
		{`join(",", [for i, x in var.list : "${i}${x}"])`, "0x,1y"},
		{`"%{ for x in var.list ~}${x}%{ endfor }%{ if true }!%{ else }?%{ endif }"`, "xy!"},
		{`<<-EOT
		  two
		    lines
		EOT
		`, "two\n  lines\n"},
		{`var["list"][0]`, "x"},
		{`local.tenants["acme"]["plan"]`, "gold"},
		{`one(var.list[*] == [] ? [] : ["one"])`, "one"},
		{`merge({ a = "1" }, { a = "2" }).a`, "2"},
		{`-3 + 5 == 2 && !false ? "math" : "no"`, "math"},
		{`sha256("a")`, "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"},
	} {
		t.Run(test.expression, func(t *testing.T) {
			src := world + "\naccount \"probe\" {\n description = " + test.expression + "\n}\n"
			if got := descriptions(good(t, src))["account.probe"]; got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// TestMistakes holds what is said about one mistake, and that no more is.
func TestMistakes(t *testing.T) {
	for _, test := range []struct {
		name, src string
		want      []string
	}{
		{"an unknown root", `account "A" { description = acount.B.name }`, []string{`t.hcl:1 unknown-reference ~ Did you mean "account"?`}},
		{"an unknown account", "account \"ACCTA\" {}\naccount \"B\" { description = account.ACTA.name }", []string{`t.hcl:2 unknown-reference ~ Did you mean "ACCTA"?`}},
		{"an unknown member", "account \"A\" { description = account.A.steam.S.name }", []string{`t.hcl:1 unknown-reference ~ Did you mean "stream"?`}},
		{"an unknown key", "account \"t\" { for_each = toset([\"acme\"]) }\naccount \"B\" { description = account.t[\"acne\"].name }", []string{`t.hcl:2 unknown-reference ~ Did you mean "acme"?`}},
		{"a key of a single one", "account \"A\" {}\naccount \"B\" { description = account.A[\"x\"].name }", []string{`t.hcl:2 unknown-reference`}},
		{"an index of a namespace", "account \"A\" {}\naccount \"B\" { description = account[0].name }", []string{`t.hcl:2 bad-expression ~ by a string`}},
		{"an unknown variable", `account "A" { description = var.nope }`, []string{`t.hcl:1 unknown-reference`}},
		{"an unknown function", `account "A" { description = uper("x") }`, []string{`t.hcl:1 unknown-reference ~ Did you mean "upper"?`}},
		{"an unknown attribute", `account "A" { descripton = "x" }`, []string{`t.hcl:1 unknown-attribute ~ Did you mean "description"?`}},
		{"a count", "account \"A\" {\n count = 2\n}", []string{`t.hcl:2 unknown-attribute ~ for_each`}},
		{"an unknown block", "account \"A\" {\n steam \"S\" {}\n}", []string{`t.hcl:2 unknown-block ~ Did you mean "stream"?`}},
		{"a block as an attribute", `account "A" { limits = { data = 1 } }`, []string{`t.hcl:1 wrong-type ~ without the equals sign`}},
		{"an attribute as a block", "account \"A\" {\n tags {}\n}", []string{`t.hcl:2 wrong-type ~ tags = `}},
		{"no label", `account { }`, []string{`t.hcl:1 syntax ~ account "name" {}`}},
		{"two labels", `account "A" "B" { }`, []string{`t.hcl:1 syntax`}},
		{"a text for a reference", "account \"A\" {}\nshare \"s\" {\n subject = \"x\"\n from = \"A\"\n to \"A\" {}\n}", []string{`t.hcl:4 wrong-type ~ without quotes`}},
		{"a reference for a text", "account \"A\" {}\naccount \"B\" { description = account.A }", []string{`t.hcl:2 wrong-type ~ a reference to an account`}},
		{"a family for a reference", "account \"t\" { for_each = { a = 1 } }\naccount \"B\" {}\nshare \"s\" {\n subject = \"x\"\n from = account.t\n to \"B\" {}\n}", []string{`t.hcl:5 wrong-type ~ account.t["a"]`}},
		{"a stream for a consumer", "account \"A\" {\n stream \"S\" {}\n}\naccount \"B\" {}\nshare \"s\" {\n consumer = account.A.stream.S\n to \"B\" {}\n}", []string{`t.hcl:6 wrong-reference ~ as in account.A.stream.S.consumer.NAME.`}},
		{"a list in for_each", `account "A" { for_each = ["a"] }`, []string{`t.hcl:1 bad-for-each ~ toset`}},
		{"null in for_each is no for_each, and has no each", `account "A" {
  for_each    = null
  description = each.key
}`, []string{`t.hcl:3 unknown-reference`}},
		{"null in required attributes of the language", "variable \"v\" {\n default = 1\n validation {\n  condition = null\n  error_message = \"x\"\n }\n validation {\n  condition = false\n  error_message = null\n }\n}\nmodule \"m\" {\n source = null\n}",
			[]string{`t.hcl:4 missing-attribute ~ needs the attribute "condition"`, `t.hcl:9 missing-attribute ~ needs the attribute "error_message"`, `t.hcl:13 missing-attribute ~ needs the attribute "source"`}},
		{"numbers in for_each", `account "A" { for_each = toset([1, 2]) }`, []string{`t.hcl:1 bad-for-each ~ set of strings`}},
		{"one entity in for_each", "account \"A\" {}\nshare \"s\" {\n for_each = account.A\n subject = \"x\"\n from = account.A\n}", []string{`t.hcl:3 bad-for-each ~ not a family`}},
		{"each nowhere", `account "A" { description = each.key }`, []string{`t.hcl:1 unknown-reference ~ for_each`}},
		{"each.parent at the top", "account \"A\" {\n for_each = { a = 1 }\n description = each.parent.key\n}", []string{`t.hcl:3 unknown-reference ~ There is: key, value.`}},
		{"a circle of locals", "locals {\n a = local.b\n b = local.c\n c = local.a\n}\naccount \"A\" { description = local.b }", []string{"t.hcl:3 reference-cycle ~ local.b → local.c → local.a → local.b"}},
		{"a circle that try would hide", "locals {\n a = try(local.a, \"x\")\n}\naccount \"A\" { description = local.a }", []string{"t.hcl:2 reference-cycle"}},
		{"a local used too early", "locals {\n n = { x = account.B.name }\n}\naccount \"A\" { for_each = local.n }\naccount \"B\" {}", []string{"t.hcl:2 reference-cycle ~ t.hcl:4 local.n is needed here"}},
		{"an account used too early", "account \"A\" { for_each = account.B }\naccount \"B\" { for_each = { a = 1 } }", []string{"t.hcl:1 reference-cycle ~ t.hcl:2 account.B is declared here"}},
		{"subjects used too early", "account \"A\" {\n stream \"S\" { subjects = [\"a\"] }\n stream \"T\" { subjects = account.A.stream.S.subjects }\n}", []string{"t.hcl:3 reference-cycle ~ t.hcl:2"}},
		{"a public key used too early", "account \"A\" { name = account.B.public_key }\naccount \"B\" {}", []string{"t.hcl:1 reference-cycle"}},
		{"a share used too early", "account \"A\" {}\nshare \"s\" {\n for_each = { x = share.t.name }\n subject = \"a\"\n from = account.A\n}\nshare \"t\" {\n subject = \"b\"\n from = account.A\n}", []string{"t.hcl:3 reference-cycle ~ t.hcl:7"}},
		{"a bad local used twice", "locals { bad = tonumber(\"x\") }\naccount \"A\" { description = local.bad }\naccount \"B\" { description = \"${local.bad}!\" }", []string{"t.hcl:1 bad-expression"}},
		{"a bad local that try looks at", "locals { bad = tonumber(\"x\") }\naccount \"A\" { description = try(local.bad, \"y\") }\naccount \"B\" { description = local.bad }", []string{"t.hcl:1 bad-expression"}},
		{"a bad local nobody uses", "locals { bad = tonumber(\"x\") }", []string{"t.hcl:1 bad-expression"}},
		{"a bad for_each", "account \"A\" { for_each = tomap({ a = nope }) }\naccount \"B\" { description = account.A[\"a\"].name }\nshare \"s\" {\n for_each = account.A\n subject = \"x.${each.key}\"\n from = account.B\n}", []string{"t.hcl:1 unknown-reference"}},
		{"a bad element of a set", "locals { bad = nope }\naccount \"A\" { for_each = toset([local.bad]) }", []string{"t.hcl:1 unknown-reference"}},
		{"declared twice", "account \"A\" {}\naccount \"A\" {}", []string{"t.hcl:2 duplicate-name ~ t.hcl:1"}},
		{"a stream declared twice", "account \"A\" {\n stream \"S\" {}\n stream \"S\" {}\n}", []string{"t.hcl:3 duplicate-name ~ t.hcl:2"}},
		{"a family and one", "account \"A\" { for_each = { a = 1 } }\naccount \"A\" {}", []string{"t.hcl:2 duplicate-name"}},
		{"a block declared twice", "account \"A\" {\n limits {}\n limits {}\n}", []string{"t.hcl:3 duplicate-name ~ t.hcl:2"}},
		{"a local declared twice", "locals { a = 1 }\nlocals { a = 2 }", []string{"t.hcl:2 duplicate-name ~ t.hcl:1"}},
		{"an attribute twice", "account \"A\" {\n description = \"a\"\n description = \"b\"\n}", []string{"t.hcl:3 syntax"}},
		{"null for what is needed", "account \"A\" {\n import \"i\" {\n  from = null\n  stream = \"x\"\n }\n}", []string{"t.hcl:3 missing-attribute"}},
		{"null in a list", `account "A" { tags = ["a", null] }`, []string{"t.hcl:1 wrong-type ~ tags[1]"}},
		{"a bad element", "account \"A\" {\n stream \"S\" {\n  subjects = [\n   \"a.>\",\n   \"a..b\",\n  ]\n }\n}", []string{"t.hcl:5 bad-subject"}},
		{"a bad duration", "account \"A\" {\n stream \"S\" { max_age = 30 }\n}", []string{"t.hcl:2 bad-duration ~ a number and a unit"}},
		{"a number in a template", `account "A" { description = "${1 + 1}" }`, []string{"t.hcl:1 wrong-type ~ tostring(…)"}},
		{"a bad expiry", `account "A" { expires = "soon" }`, []string{`t.hcl:1 bad-time ~ a duration such as "90d"`}},
		{"a bad value in a map", "server {\n feature_flags = { a = true, b = \"on\" }\n}", []string{`t.hcl:2 wrong-type ~ feature_flags["b"] must be true or false, not a string`}},
		{"a to that is a family", "account \"t\" { for_each = { a = 1 } }\naccount \"B\" {}\nshare \"s\" {\n subject = \"x\"\n from = account.B\n to \"t\" {}\n}", []string{`t.hcl:6 missing-attribute ~ account = account.t["key"]`}},
		{"a to under for_each", "account \"A\" {}\naccount \"B\" {}\nshare \"s\" {\n subject = \"x\"\n from = account.B\n to \"A\" {\n for_each = { a = 1 }\n }\n}", []string{`t.hcl:6 missing-attribute ~ account = each.value`}},
		{"a mapping under for_each", "account \"A\" {\n mapping \"m\" {\n  for_each = { a = 1 }\n  destination = \"x\"\n }\n}", []string{`t.hcl:2 missing-attribute ~ from = each.value`}},
		{"a mapping's to under for_each", "account \"A\" {\n mapping \"m\" {\n  to \"d\" {\n   for_each = { a = 1 }\n  }\n }\n}", []string{`t.hcl:3 missing-attribute ~ subject = each.value`}},
		{"a dynamic variable", "dynamic \"variable\" {\n for_each = [1]\n labels = [\"x\"]\n content {}\n}", []string{"t.hcl:1 unknown-block"}},
		{"a dynamic module", "dynamic \"module\" {\n for_each = [1]\n labels = [\"x\"]\n content {}\n}", []string{"t.hcl:1 unknown-block"}},
		{"a dynamic block nobody knows", "account \"A\" {\n dynamic \"steam\" {\n  for_each = [1]\n  content {}\n }\n}", []string{`t.hcl:2 unknown-block ~ Did you mean "stream"?`}},
		{"a dynamic block without content", "account \"A\" {\n dynamic \"stream\" {\n  for_each = [1]\n  labels = [\"S\"]\n }\n}", []string{`t.hcl:2 missing-attribute ~ content`}},
		{"a dynamic block over null", "account \"A\" {\n dynamic \"stream\" {\n  for_each = null\n  labels = [\"S\"]\n  content {}\n }\n}", []string{`t.hcl:3 missing-attribute`}},
		{"a dynamic block that repeats a label", "account \"A\" {\n dynamic \"stream\" {\n  for_each = [1, 2]\n  labels = [\"S\"]\n  content {}\n }\n}", []string{`t.hcl:4 duplicate-name`}},
		{"a dynamic single block, twice", "account \"A\" {\n dynamic \"limits\" {\n  for_each = [1, 2]\n  content {}\n }\n}", []string{`t.hcl:2 duplicate-name`}},
		{"a dynamic block without labels", "account \"A\" {\n dynamic \"stream\" {\n  for_each = [1]\n  iterator = it\n  content {}\n }\n}", []string{`t.hcl:2 syntax ~ labels = [it.key]`}},
		{"a reference as JSON", "account \"A\" {\n stream \"S\" { description = jsonencode(account.A) }\n}", []string{"t.hcl:2 bad-expression ~ as in account.A.name"}},
		{"references in YAML", "account \"A\" {\n stream \"S\" { description = yamlencode({ a = [account.A.stream.S] }) }\n}", []string{"t.hcl:2 bad-expression ~ as in account.A.stream.S.name"}},
		{"a reference in a format", "account \"A\" {\n description = format(\"%v\", account.A)\n}", []string{"t.hcl:2 bad-expression ~ as in account.A.name"}},
		{"a reference in a list of formats", "account \"A\" {\n tags = formatlist(\"%v\", [account.A])\n}", []string{"t.hcl:2 bad-expression ~ as in account.A.name"}},
		{"all accounts as JSON", "account \"A\" {\n description = jsonencode(account)\n}", []string{"t.hcl:2 bad-expression ~ as in account.NAME.name"}},
		{"a dynamic block with labels that it has no use for", "account \"A\" {\n dynamic \"limits\" {\n  for_each = [1]\n  labels = [\"x\"]\n  content {}\n }\n}", []string{`t.hcl:2 syntax ~ Remove labels`}},
		{"a default in a type that names something", "variable \"v\" {\n type = object({ a = optional(string, \"${foo}\") })\n default = {}\n}", []string{"t.hcl:2 syntax"}},
		{"a type nobody knows", "variable \"v\" {\n type = text\n default = \"x\"\n}", []string{"t.hcl:2 syntax"}},
		{"a huge number", "account \"A\" { description = \"${1e999999}\" }", []string{"t.hcl:1 evaluation-limit"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := load1(t, test.src)
			hold(t, diags, test.want...)
		})
	}
}

// TestNull holds that null is not set.
func TestNull(t *testing.T) {
	c := good(t, `
variable "gone" { default = null }
account "A" {
  description = var.gone
  tags        = var.gone
  limits { data = var.gone }
  stream "S" {
    max_age  = null
    metadata = { a = "x", b = var.gone }
  }
  dynamic "stream" {
    for_each = ["T"]
    labels   = [stream.value]
    content { max_msgs = var.gone }
  }
  name = var.gone
}`)
	a := c.Accounts[0]
	if a.Description.IsSet() || a.Tags.IsSet() || a.Limits.Data.IsSet() || a.Streams[0].MaxAge.IsSet() || a.Streams[1].MaxMsgs.IsSet() || a.nameAt != nil {
		t.Error("null set something")
	}
	if a.Name != "A" || len(a.Streams[0].Metadata.Value) != 1 {
		t.Errorf("name %q, metadata %v", a.Name, a.Streams[0].Metadata.Value)
	}
}

// TestForEachEverywhere has a family of every block that may be one.
func TestForEachEverywhere(t *testing.T) {
	c := good(t, `
account "A" {
  signing_key "k" { for_each = toset(["x", "y"]) }
  revoke "r" {
    for_each = toset(["x"])
    user     = each.key
  }
  mapping "m" {
    for_each = { a = "b" }
    from     = each.key
    to "d" {
      for_each = toset(["p", "q"])
      subject  = "${each.parent.value}.${each.value}"
      weight   = 50
    }
  }
  export "e" {
    for_each = toset(["one"])
    stream   = "e.${each.key}"
  }
  jetstream {
    tier "t" {
      for_each = toset(["R1", "R3"])
      name     = each.key
      disk     = each.key == "R1" ? 1 : 2
    }
  }
  key_value "b" { for_each = toset(["x"]) }
  object_store "o" { for_each = toset(["x"]) }
}
account "B" {
  import "i" {
    for_each = { one = account.A }
    from     = each.value
    stream   = "e.${each.key}"
  }
}`)
	a := c.Accounts[0]
	var got []string
	for _, e := range []Entity{a.SigningKeys[0], a.SigningKeys[1], a.Revokes[0], a.Mappings[0], a.Mappings[0].To[0], a.Mappings[0].To[1],
		a.Exports[0], a.JetStream.Tiers[0], a.JetStream.Tiers[1], a.KeyValues[0], a.ObjectStores[0], c.Accounts[1].Imports[0]} {
		got = append(got, e.Header().Address()+" "+e.Header().Name)
	}
	want := []string{
		`account.A.signing_key.k["x"] k-x`, `account.A.signing_key.k["y"] k-y`, `account.A.revoke.r["x"] r-x`, `account.A.mapping.m["a"] m-a`,
		`account.A.mapping.m["a"].to.d["p"] d-p`, `account.A.mapping.m["a"].to.d["q"] d-q`, `account.A.export.e["one"] e-one`,
		`account.A.tier.t["R1"] R1`, `account.A.tier.t["R3"] R3`, `account.A.key_value.b["x"] b-x`, `account.A.object_store.o["x"] o-x`,
		`account.B.import.i["one"] i-one`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("addresses and names (-want +got):\n%s", diff)
	}
	if to := a.Mappings[0].To[1]; to.Subject.Value != "b.q" {
		t.Errorf("each.parent.value.each.value is %q", to.Subject.Value)
	}
	if c.Accounts[1].Imports[0].From.Value != Entity(a) {
		t.Error("each.value is not the reference that for_each has")
	}
}

// TestHintsOfTheLanguage holds what is said to do where HCL's own advice, or a
// list of names, would lead astray.
func TestHintsOfTheLanguage(t *testing.T) {
	for name, test := range map[string]struct{ text, want string }{
		"a template in a label": {`account "A-${var.env}" {}`, "t.hcl:1 syntax ~ A label is a plain text: write what is worked out as the block's name"},
		"dynamic modules":       {"dynamic \"module\" {\n  for_each = []\n  labels   = [module.key]\n  content {}\n}", "t.hcl:1 unknown-block ~ Give the module block itself a for_each."},
		"dynamic variables":     {"dynamic \"variable\" {\n  for_each = []\n  labels   = [variable.key]\n  content {}\n}", "t.hcl:1 unknown-block ~ Write the blocks out."},
		"for_each in content":   {"dynamic \"account\" {\n  for_each = []\n  labels   = [account.key]\n  content {\n    for_each = {}\n  }\n}", "t.hcl:5 unknown-attribute ~ do not combine: write account with the for_each in place of dynamic"},
		"a family of shares":    {"account \"A\" {}\nshare \"s\" {\n  for_each = share.t\n  subject  = \"x\"\n  from     = account.A\n}\nshare \"t\" {\n  for_each = {}\n  subject  = \"y\"\n  from     = account.A\n}", "t.hcl:3 reference-cycle ~ families of accounts and of what stands in them, but not of shares"},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := load1(t, test.text)
			hold(t, diags, test.want)
		})
	}
}
