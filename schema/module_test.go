package schema

import (
	"strings"
	"testing"
)

// TestModules holds what modules give, and what is said about them.
func TestModules(t *testing.T) {
	for _, test := range []struct {
		name, top string
		module    string
		want      []string          // diagnostics
		accounts  map[string]string // descriptions, when there are none
	}{
		{"an input called name", "module \"m\" {\n source = \"./m\"\n name = \"x\"\n description = \"a team\"\n}",
			"variable \"name\" {}\naccount \"A\" { description = var.name }", nil, map[string]string{"module.m.account.A": "x"}},
		{"an input called description", "module \"m\" {\n source = \"./m\"\n description = \"x\"\n}",
			"variable \"description\" {}\naccount \"A\" { description = var.description }", nil, map[string]string{"module.m.account.A": "x"}},
		{"null is not set", "module \"m\" {\n source = \"./m\"\n v = null\n}",
			"variable \"v\" { default = \"d\" }\naccount \"A\" { description = var.v }", nil, map[string]string{"module.m.account.A": "d"}},
		{"null and no default", "module \"m\" {\n source = \"./m\"\n v = null\n}", "variable \"v\" {}", []string{"t.hcl:3 unset-variable"}, nil},
		{"an input missing", "module \"m\" { source = \"./m\" }", "variable \"v\" {}", []string{"t.hcl:1 missing-attribute ~ no default"}, nil},
		{"an input missing in every instance", "module \"m\" {\n for_each = toset([\"a\", \"b\"])\n source = \"./m\"\n}", "variable \"v\" {}", []string{"t.hcl:1 missing-attribute"}, nil},
		{"an input nobody declares", "module \"m\" {\n source = \"./m\"\n titel = 1\n}", "variable \"title\" { default = 1 }", []string{`t.hcl:3 unknown-attribute ~ Did you mean "title"?`}, nil},
		{"a block", "module \"m\" {\n source = \"./m\"\n title {}\n}", "variable \"title\" { default = 1 }", []string{`t.hcl:3 unknown-block`}, nil},
		{"an input of a wrong type", "module \"m\" {\n source = \"./m\"\n v = \"x\"\n}", "variable \"v\" { type = number }", []string{"t.hcl:3 wrong-type ~ m/m.hcl:1"}, nil},
		{"an input that is not valid", "module \"m\" {\n source = \"./m\"\n v = 1\n}", "variable \"v\" {\n validation {\n  condition = var.v > 1\n  error_message = \"more\"\n }\n}", []string{"t.hcl:3 variable-validation"}, nil},
		{"a variable called source", "module \"m\" { source = \"./m\" }", "variable \"source\" { default = 1 }", []string{"m/m.hcl:1 bad-value"}, nil},
		{"an output called account", "module \"m\" { source = \"./m\" }", "output \"account\" { value = 1 }", []string{"m/m.hcl:1 bad-value"}, nil},
		{"no source", "module \"m\" {}", "", []string{"t.hcl:1 missing-attribute ~ source"}, nil},
		{"an operator in it", "module \"m\" { source = \"./m\" }", "operator \"O\" {}\nserver {}", []string{"m/m.hcl:1 unknown-block", "m/m.hcl:2 unknown-block"}, nil},
		{"itself", "module \"m\" { source = \"./m\" }", "module \"n\" { source = \"../m\" }", []string{"m/m.hcl:1 reference-cycle ~ m → m"}, nil},
		{"the topology", "module \"m\" { source = \"./m\" }", "module \"n\" { source = \"../\" }", []string{"m/m.hcl:1 reference-cycle ~ . → m → ."}, nil},
		{"an unknown output", "module \"m\" { source = \"./m\" }\naccount \"A\" { description = module.m.titel }", "output \"title\" { value = 1 }", []string{`t.hcl:2 unknown-reference ~ Did you mean "title"?`}, nil},
		{"an unknown module", "module \"m\" { source = \"./m\" }\naccount \"A\" { description = module.n.title }", "", []string{`t.hcl:2 unknown-reference ~ There is: m.`}, nil},
		{"an unknown instance", "module \"m\" {\n for_each = { acme = 1 }\n source = \"./m\"\n}\naccount \"A\" { description = module.m[\"acne\"].title }", "output \"title\" { value = 1 }", []string{`t.hcl:5 unknown-reference ~ Did you mean "acme"?`}, nil},
		{"a family in a for_each", "module \"m\" {\n for_each = { a = 1, b = 2 }\n source = \"./m\"\n}\naccount \"A\" {\n for_each = module.m\n description = \"${each.key} ${each.value.title}\"\n}", "output \"title\" { value = \"x\" }", nil,
			map[string]string{`account.A["a"]`: "a x", `account.A["b"]`: "b x"}},
		{"a family in a for", "module \"m\" {\n for_each = { a = 1, b = 2 }\n source = \"./m\"\n}\naccount \"A\" { description = join(\",\", [for k, m in module.m : \"${k} ${m.account.I.name}\"]) }", "account \"I\" {\n name = \"i\"\n description = \"x\"\n}", nil,
			map[string]string{"account.A": "a i,b i", `module.m["a"].account.I`: "x", `module.m["b"].account.I`: "x"}},
		{"a family in a keyed for", "module \"m\" {\n for_each = { a = 1 }\n source = \"./m\"\n}\naccount \"A\" { description = jsonencode({ for m in module.m : m.title => m.title }) }", "output \"title\" { value = \"x\" }", nil,
			map[string]string{"account.A": `{"x":"x"}`}},
		{"an empty family", "module \"m\" {\n for_each = {}\n source = \"./m\"\n}\naccount \"A\" { description = length(module.m) == 0 ? \"none\" : \"some\" }", "output \"title\" { value = \"x\" }", nil,
			map[string]string{"account.A": "none"}},
		{"an instance by a key that is worked out", "module \"m\" {\n for_each = { a = 1 }\n source = \"./m\"\n}\naccount \"A\" { description = module.m[lower(\"A\")].title }", "output \"title\" { value = \"x\" }", nil,
			map[string]string{"account.A": "x"}},
		{"no instance by a key that is worked out", "module \"m\" {\n for_each = { acme = 1 }\n source = \"./m\"\n}\naccount \"A\" { description = module.m[lower(\"ACNE\")].title }", "output \"title\" { value = 1 }", []string{`t.hcl:5 unknown-reference ~ Did you mean "acme"?`}, nil},
		{"one module in a for_each", "module \"m\" { source = \"./m\" }\naccount \"A\" { for_each = module.m }", "", []string{"t.hcl:2 bad-for-each ~ not a module"}, nil},
		{"an instance by number", "module \"m\" {\n for_each = { acme = 1 }\n source = \"./m\"\n}\naccount \"A\" { description = module.m[0].title }", "output \"title\" { value = 1 }", []string{`t.hcl:5 bad-expression ~ by a string`}, nil},
		{"a family without a key", "module \"m\" {\n for_each = { acme = 1 }\n source = \"./m\"\n}\naccount \"A\" { description = module.m.title }", "output \"title\" { value = 1 }", []string{`t.hcl:5 unknown-reference ~ instance "title"`}, nil},
		{"for_each over accounts", "module \"m\" {\n for_each = account.t\n source = \"./m\"\n}\naccount \"t\" { for_each = { a = 1 } }", "", []string{"t.hcl:2 reference-cycle ~ t.hcl:5"}, nil},
		{"for_each over its own output", "module \"m\" {\n for_each = module.m.x\n source = \"./m\"\n}", "output \"x\" { value = {} }", []string{"t.hcl:1 reference-cycle ~ t.hcl:2"}, nil},
		{"for_each over another's output", "module \"m\" {\n for_each = module.n.keys\n source = \"./m\"\n}\nmodule \"n\" { source = \"./m\" }",
			"output \"keys\" { value = toset([\"a\", \"b\"]) }\naccount \"A\" { description = \"x\" }", nil,
			map[string]string{`module.m["a"].account.A`: "x", `module.m["b"].account.A`: "x", "module.n.account.A": "x"}},
		{"outputs in a circle", "module \"m\" {\n source = \"./m\"\n v = module.n.o\n}\nmodule \"n\" {\n source = \"./m\"\n v = module.m.o\n}", "variable \"v\" {}\noutput \"o\" { value = var.v }",
			[]string{"t.hcl:3 reference-cycle ~ module.m.var.v → module.n.output.o → module.n.var.v → module.m.output.o → module.m.var.v"}, nil},
		{"an output used too early", "module \"m\" { source = \"./m\" }\naccount \"B\" { for_each = module.m.o }", "output \"o\" { value = { x = account.A.name } }\naccount \"A\" {}",
			[]string{"m/m.hcl:1 reference-cycle ~ t.hcl:2 module.m.output.o is needed here"}, nil},
		{"references across", "module \"m\" {\n source = \"./m\"\n v = account.A\n}\naccount \"A\" { description = module.m.account.I.name }",
			"variable \"v\" {}\naccount \"I\" { description = var.v.name }", nil, map[string]string{"account.A": "I", "module.m.account.I": "A"}},
		{"names do not reach inside", "module \"m\" { source = \"./m\" }\nlocals { x = 1 }\naccount \"A\" {}", "account \"I\" { description = \"${local.x}${account.A.name}\" }",
			[]string{"m/m.hcl:1 unknown-reference", "m/m.hcl:1 unknown-reference"}, nil},
		{"each does not reach inside", "module \"m\" {\n for_each = { a = 1 }\n source = \"./m\"\n}", "account \"I\" { description = each.key }", []string{"m/m.hcl:1 unknown-reference"}, nil},
		{"nested, with paths of their own", "module \"m\" { source = \"./m\" }", "module \"deep\" {\n source = \"./deep\"\n in = file(\"x.txt\")\n}", nil,
			map[string]string{"module.m.module.deep.account.D": "in m, in deep, rendered in deep"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, diags := Load(Options{Path: "t.hcl", Tree: files("t.hcl", test.top, "m/m.hcl", test.module, "m/x.txt", "in m",
				"m/deep/d.hcl", "variable \"in\" {}\naccount \"D\" { description = \"${var.in}, ${file(\"x.txt\")}, ${templatefile(\"t/t.tmpl\", { how = \"rendered\" })}\" }",
				"m/deep/x.txt", "in deep", "m/deep/t/t.tmpl", "${how} ${file(\"../x.txt\")}")})
			hold(t, diags, test.want...)
			got := descriptions(c)
			for address, want := range test.accounts {
				if got[address] != want {
					t.Errorf("%s: %q, want %q; there is %v", address, got[address], want, got)
				}
			}
		})
	}
}

// TestModuleDepth has modules in modules, each twice.
func TestModuleDepth(t *testing.T) {
	tree := files("t.hcl", "module \"m\" { source = \"./d\" }")
	dir := ""
	for range 20 {
		dir += "d/"
		tree[dir+"m.hcl"] = files("x", "module \"m\" { source = \"./d\" }\nmodule \"n\" { source = \"./d\" }")["x"]
	}
	_, diags := Load(Options{Tree: tree, Path: "t.hcl", Bounds: Bounds{Time: DefaultBounds.Time, Heap: DefaultBounds.Heap, Entities: 1000}})
	if len(diags) == 0 || !strings.Contains(said(diags[0]), "evaluation-limit") {
		t.Errorf("%v", diags)
	}
}

// TestWiderRoot has a module beside the topology's folder.
func TestWiderRoot(t *testing.T) {
	tree := files("top/t.hcl", "module \"m\" { source = \"../shared\" }\naccount \"A\" { description = file(\"../shared/x.txt\") }", "shared/m.hcl", `account "S" {}`, "shared/x.txt", "x")
	c, diags := Load(Options{Tree: tree, Path: "top"})
	hold(t, diags)
	if len(c.Accounts) != 2 {
		t.Errorf("%d accounts", len(c.Accounts))
	}
}
