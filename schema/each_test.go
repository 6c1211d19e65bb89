package schema

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"jsc/schema/diag"
)

// TestEach: what each is, as a whole and in its parts, in families within
// families and in dynamic blocks, and in a family of as many as branches have.
func TestEach(t *testing.T) {
	for _, n := range []int{1, manyInstances} {
		src := fmt.Sprintf(`
locals { words = { for i in range(%d) : "k${i}" => { n = i } } }
account "t" {
  for_each    = local.words
  description = jsonencode(each)
  tags        = [each["key"], each.key, [for each in ["own"] : each][0]]
  stream "S" {
    for_each    = { s = each.key }
    name        = "S-${each.parent.value.n}-${each.parent["key"]}"
    description = jsonencode(each)
    subjects    = ["x"]
    dynamic "consumer" {
      for_each = { for i in range(12) : "c${i}" => i }
      iterator = each
      labels   = [each.key]
      content {
        description = "v${each.value}"
        metadata    = { all = jsonencode(each) }
      }
    }
  }
}
share "u" {
  for_each    = account.t
  name        = each.value.name
  description = "${each.key} ${each.value.name}"
  stream      = each.value.stream.S["s"]
}
`, n)
		c, diags := Load(Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(src)}}, Path: "t.hcl"})
		if len(diags) > 0 {
			t.Fatal(text(diags))
		}
		last := c.Accounts[len(c.Accounts)-1]
		i := last.Key[1:]
		stream := last.Streams[0]
		tenth := stream.Consumers[9]
		share := c.Shares[len(c.Shares)-1]
		for _, x := range []struct{ what, got, want string }{
			{"each", last.Description.Value, `{"key":"k` + i + `","value":{"n":` + i + `}}`},
			{"parts", fmt.Sprint(last.Tags.Value), "[k" + i + " k" + i + " own]"},
			{"each.parent's parts", stream.Name, "S-" + i + "-k" + i},
			{"each in each", stream.Description.Value, `{"key":"s","parent":{"key":"k` + i + `","value":{"n":` + i + `}},"value":"k` + i + `"}`},
			{"an iterator called each", tenth.Description.Value + tenth.Metadata.Value["all"], "v" + tenth.Label[1:] + `{"key":"` + tenth.Label + `","value":` + tenth.Label[1:] + `}`},
			{"each of a family", share.Description.Value, share.Key + " t-" + share.Key},
			{"an address", tenth.Address(), `account.t["k` + i + `"].stream.S["s"].consumer.` + tenth.Label},
		} {
			if x.got != x.want {
				t.Errorf("%d: %s: %s, want %s", n, x.what, x.got, x.want)
			}
		}
		if len(stream.Consumers) != 12 {
			t.Errorf("%d consumers", len(stream.Consumers))
		}
	}
}

// What a dynamic block makes stands where its labels are written.
func TestPlaceOfDynamic(t *testing.T) {
	for _, x := range []struct{ file, text, at string }{
		{"t.hcl", "account \"A\" {\n dynamic \"stream\" {\n  for_each = [\"S\"]\n  labels = [stream.value]\n  content {}\n }\n}", "t.hcl:4,13-25"},
		{"t.hcl.json", `{"account": {"A": {"dynamic": {"stream": {"for_each": ["S"], "labels": ["${stream.value}"], "content": {}}}}}}`, "t.hcl.json:1,74-89"},
	} {
		c, diags := Load(Options{Tree: files(x.file, x.text), Path: x.file})
		hold(t, diags)
		if at := c.Accounts[0].Streams[0].LabelOrNameRange().String(); at != x.at {
			t.Errorf("the stream stands at %s, want %s", at, x.at)
		}
	}
}

// What is wrong with an instance says with which: the first, and how many more.
func TestInstanceOfMistake(t *testing.T) {
	for _, n := range []int{3, manyInstances} {
		src := fmt.Sprintf(`
account "t" {
  for_each = { for i in range(%d) : format("k%%04d", i) => i < 1 ? "30d" : i < 2 ? "9 days" : "1mo" }
  stream "S" { max_age = each.value }
}
account "A" {
  stream "S" { max_age = "1mo" }
}
`, n)
		_, diags := Load(Options{Tree: fstest.MapFS{"t.hcl": {Data: []byte(src)}}, Path: "t.hcl"})
		diags = diag.Sort(diags)
		hold(t, diags, `t.hcl:4 bad-duration ~ "9 days"`, "t.hcl:7 bad-duration")
		for i, want := range []diag.Extra{{Instance: `account.t["k0001"].stream.S`, More: n - 2}, {}} {
			if x := diag.Of(diags[i]); x.Instance != want.Instance || x.More != want.More {
				t.Errorf("%d: in %q and %d more, not %q and %d", n, x.Instance, x.More, want.Instance, want.More)
			}
		}
	}
}

// TestNoEach holds that a for_each of null is none, wherever one may stand.
func TestNoEach(t *testing.T) {
	const src = `
variable "tenants" { default = null }
locals { none = null }
account "A" {
  for_each = var.tenants
  user "u" { for_each = local.none }
}
account "B" {
  for_each = { b = null }
  user "u" { for_each = each.value }
}
module "m" {
  source   = "./m"
  for_each = null
}
share "s" {
  for_each = var.tenants
  subject  = "x"
  from     = account.A
  to "B" {
    for_each = null
    account  = account.B["b"]
  }
}
`
	c, diags := Load(Options{Tree: files("t.hcl", src, "m/m.hcl", `account "C" {}`), Path: "t.hcl"})
	hold(t, diags)
	var got []string
	for _, a := range c.Accounts {
		got = append(got, a.Address())
		for _, u := range a.Users {
			got = append(got, u.Address())
		}
	}
	for _, s := range c.Shares {
		got = append(got, s.Address(), s.To[0].Address())
	}
	slices.Sort(got)
	want := []string{"account.A", "account.A.user.u", `account.B["b"]`, `account.B["b"].user.u`, "module.m.account.C", "share.s", "share.s.to.B"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
