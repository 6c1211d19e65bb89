package schema

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJSONHasAll writes one topology in both syntaxes.
func TestJSONHasAll(t *testing.T) {
	native := `
variable "tenants" {
  type    = map(string)
  default = { acme = "gold" }
  validation {
    condition     = length(var.tenants) > 0
    error_message = "none"
  }
}
locals { names = [for k, v in var.tenants : "${k}-${v}"] }
account "tenant" {
  for_each    = var.tenants
  name        = "T${each.key}"
  description = join(",", local.names)
  tags        = ["a", each.value]
  stream "S" {
    subjects = ["${each.key}.>"]
    max_age  = "1d"
    metadata = { k = "v", "${each.key}" = "x" }
    consumer "C" { max_ack_pending = 5 }
    source {
      name = "X"
    }
    source {
      name = "Y"
    }
  }
  dynamic "user" {
    for_each = toset(["u", "v"])
    iterator = it
    labels   = ["user-${it.value}"]
    content { bearer = it.value == "u" }
  }
}
account "hub" { description = "a plain text, account.hub" }
module "m" {
  source = "./m"
  in     = account.hub
}
share "s" {
  for_each = account.tenant
  consumer = each.value.stream.S.consumer.C
  to "hub" {}
}
output "o" { value = module.m.out }
`
	json := `{
  "//": "a note",
  "variable": {"tenants": {"type": "map(string)", "default": {"acme": "gold"},
    "validation": {"condition": "${length(var.tenants) > 0}", "error_message": "none"}}},
  "locals": {"names": "${[for k, v in var.tenants : \"${k}-${v}\"]}"},
  "account": [{
    "tenant": {
      "//": "another note",
      "for_each": "${var.tenants}", "name": "T${each.key}", "description": "${join(\",\", local.names)}", "tags": ["a", "${each.value}"],
      "stream": {"S": {"subjects": ["${each.key}.>"], "max_age": "1d", "metadata": {"k": "v", "${each.key}": "x"},
        "consumer": {"C": {"max_ack_pending": 5}}, "source": [{"name": "X"}, {"name": "Y"}]}},
      "dynamic": {"user": {"for_each": "${toset([\"u\", \"v\"])}", "iterator": "it", "labels": ["user-${it.value}"], "content": {"bearer": "${it.value == \"u\"}"}}}
    }},
    {"hub": {"description": "a plain text, account.hub"}}],
  "module": {"m": {"source": "./m", "in": "${account.hub}"}},
  "share": {"s": {"for_each": "${account.tenant}", "consumer": "${each.value.stream.S.consumer.C}", "to": {"hub": {}}}},
  "output": {"o": {"value": "${module.m.out}"}}
}`
	module := "variable \"in\" {}\noutput \"out\" { value = var.in.name }"
	summary := func(name, text string) []string {
		c, diags := Load(Options{Tree: files(name, text, "m/m.hcl", module), Path: name})
		hold(t, diags)
		var out []string
		for _, a := range c.Accounts {
			out = append(out, a.Address(), a.Name, a.Description.Value)
			out = append(out, a.Tags.Value...)
			for _, u := range a.Users {
				out = append(out, u.Address(), cmp.Diff(u.Bearer.Value, false))
			}
			for _, s := range a.Streams {
				out = append(out, s.Address(), string(s.Subjects.Value[0]), s.MaxAge.Value.String(), s.Metadata.Value["acme"], s.Sources[1].Name.Value, s.Consumers[0].Address())
			}
		}
		for _, s := range c.Shares {
			out = append(out, s.Address(), s.Consumer.Value.Header().Address(), s.To[0].Importer().Address())
		}
		return out
	}
	want, got := summary("t.hcl", native), summary("t.hcl.json", json)
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 10 {
		t.Errorf("native and JSON differ (-native +JSON):\n%s", diff)
	}
}

// TestByteOrderMark: an editor's mark before a file is nothing, in either syntax.
func TestByteOrderMark(t *testing.T) {
	for name, text := range map[string]string{"t.hcl": "account \"A\" {}", "t.hcl.json": `{"account": {"A": {}}}`} {
		c, diags := Load(Options{Tree: files(name, "\ufeff"+text), Path: name})
		hold(t, diags)
		if len(c.Accounts) != 1 {
			t.Errorf("%s has %d accounts", name, len(c.Accounts))
		}
		_, diags = Load(Options{Tree: files(name, "\ufeff\ufeff"+text), Path: name})
		hold(t, diags, name+":1 hidden-character")
	}
}

func TestJSONMistakes(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"no JSON", `{`, "t.hcl.json:1 syntax"},
		{"an array at the top", `[1]`, "t.hcl.json:1 syntax"},
		{"a bad template", "{\n\"account\": {\"A\": {\n\"description\": \"${\"}}}", "t.hcl.json:3 syntax"},
		{"a bad type", "{\n\"variable\": {\"v\": {\"type\": \"list(\", \"default\": 1}}}", "t.hcl.json:2 syntax"},
		{"a bad element", "{\"account\": {\"A\": {\"stream\": {\"S\": {\"subjects\": [\n\"a\",\n\"b..c\"]}}}}}", "t.hcl.json:3 bad-subject"},
		{"an unknown name in a template", "{\n\"account\": {\"A\": {\n\"description\": \"${nope}\"}}}", "t.hcl.json:3 unknown-reference"},
		{"a misspelt block", "{\"account\": {\"A\": {\n\"strem\": {\"S\": {}}}}}", "t.hcl.json:2 unknown-block ~ Did you mean \"stream\"?"},
		{"a misspelt attribute", "{\"account\": {\"A\": {\n\"descripton\": \"x\"}}}", "t.hcl.json:2 unknown-attribute ~ Did you mean \"description\"?"},
		{"a text for a reference", "{\"account\": {\"A\": {}},\n\"share\": {\"s\": {\"subject\": \"x\", \"from\": \"account.A\", \"to\": {\"A\": {}}}}}", "t.hcl.json:2 wrong-type ~ as in \"${account.NAME}\""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, diags := Load(Options{Tree: files("t.hcl.json", test.src), Path: "t.hcl.json"})
			hold(t, diags, test.want)
		})
	}
}
