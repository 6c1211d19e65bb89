package schema

import (
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"

	"jsc/schema/diag"
)

// TestVariables sets one variable in every way and holds what it becomes.
func TestVariables(t *testing.T) {
	text := func(from, s string) Values { return Values{From: from, Text: map[string]string{"v": s}} }
	file := func(name, s string) Values { return Values{From: name, File: []byte(s)} }
	none := func(string) (string, bool) { return "", false }
	from := func(s string) func(string) (string, bool) {
		return func(name string) (string, bool) { return s, name == "JSC_VAR_v" }
	}
	for _, test := range []struct {
		name, declared string
		vars           []Values
		env            func(string) (string, bool)
		want           string
		diags          []string
	}{
		{"a default", `default = "d"`, nil, none, `"d"`, nil},
		{"the environment over a default", `default = "d"`, nil, from("e"), `"e"`, nil},
		{"a file over the environment", `default = "d"`, []Values{file("f", `v = "f"`)}, from("e"), `"f"`, nil},
		{"the first file given here", `default = "d"`, []Values{file("f", `v = "f"`), file("g", `v = "g"`)}, none, `"f"`, nil},
		{"--var over a file", `default = "d"`, []Values{text("--var v", "x"), file("f", `v = "f"`)}, from("e"), `"x"`, nil},
		{"null in a file is not set", `default = "d"`, []Values{file("f", `v = null`)}, from("e"), `"e"`, nil},
		{"null on the command line", "type = number\n default = 7", []Values{text("--var v", "null")}, none, `7`, nil},
		{"null and no default", "type = number", []Values{text("--var v", "null")}, none, ``, []string{"t.hcl:1 unset-variable ~ JSC_VAR_v"}},
		{"a text that looks like a number", `type = string`, []Values{text("--var v", "007")}, none, `"007"`, nil},
		{"a text in quotes", `type = string`, []Values{text("--var v", `"q"`)}, none, `"\"q\""`, nil},
		{"a number", `type = number`, []Values{text("--var v", "7")}, none, `7`, nil},
		{"a bool", `type = bool`, nil, from("true"), `true`, nil},
		{"a list", `type = list(string)`, []Values{text("--var v", `["a", "b"]`)}, none, `["a","b"]`, nil},
		{"a map", `type = map(number)`, []Values{text("--var v", `{ a = 1 }`)}, none, `{"a":1}`, nil},
		{"any type: a literal", ``, []Values{text("--var v", `[1]`)}, none, `[1]`, nil},
		{"any type: a text", ``, []Values{text("--var v", `plain text`)}, none, `"plain text"`, nil},
		{"optional attributes", "type = object({ a = string, b = optional(number, 3) })", []Values{text("--var v", `{ a = "x" }`)}, none, `{"a":"x","b":3}`, nil},
		{"a JSON var file", ``, []Values{file("f.json", `{"v": [1, "a"]}`)}, none, `[1,"a"]`, nil},
		{"unset", ``, nil, none, ``, []string{"t.hcl:1 unset-variable ~ --var v=VALUE, in a --var-file, as JSC_VAR_v"}},
		{"not what its type says", `type = number`, []Values{text("--var v", "seven")}, none, ``, []string{"--var v:0 wrong-type ~ number"}},
		{"not what its type says, in a file", `type = number`, []Values{file("f", "\nv = [1]")}, none, ``, []string{"f:2 wrong-type ~ t.hcl:1"}},
		{"undeclared on the command line", `default = 1`, []Values{{From: "--var vv", Text: map[string]string{"vv": "1"}}}, none, ``, []string{`--var vv:0 unknown-reference ~ Did you mean "v"?`}},
		{"undeclared in a file", `default = 1`, []Values{file("f", "v = 1\nvv = 2")}, none, ``, []string{`f:2 unknown-reference ~ Did you mean "v"?`}},
		{"a block in a file", `default = 1`, []Values{file("f", "v {}")}, none, ``, []string{`f:1 unknown-block`}},
		{"a file that names something", `default = 1`, []Values{file("f", "v = account.A")}, none, ``, []string{`f:1 unknown-reference`}},
		{"a file that is no HCL", ``, []Values{file("f", "v = = 1")}, none, ``, []string{`f:1 syntax`}},
		{"validated", "type = number\n validation {\n  condition = var.v > 2\n  error_message = \"v must be over 2, not ${var.v}.\"\n }", []Values{file("f", "v = 3")}, none, `3`, nil},
		{"not valid", "type = number\n validation {\n  condition = var.v > 2\n  error_message = \"v must be over 2, not ${var.v}.\"\n }", []Values{file("f", "v = 1")}, none, ``, []string{"f:1 variable-validation ~ v must be over 2, not 1"}},
		{"a default that is not valid", "default = 1\n validation {\n  condition = var.v > 2\n  error_message = \"no\"\n }", nil, none, ``, []string{"t.hcl:2 variable-validation ~ t.hcl:4"}},
		{"a validation that cannot be", "default = 1\n validation {\n  condition = \"yes\"\n  error_message = \"no\"\n }", nil, none, ``, []string{"t.hcl:4 wrong-type"}},
		{"half a validation", "default = 1\n validation {\n  condition = true\n }", nil, none, ``, []string{"t.hcl:3 missing-attribute ~ error_message"}},
		{"sensitive by a wrong word", "default = 1\n sensitive = \"yes\"", nil, none, ``, []string{"t.hcl:3 wrong-type"}},
		{"nested without end", "type = number", []Values{text("--var v", strings.Repeat("(", 10_000))}, none, ``, []string{"--var v:1 evaluation-limit"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			src := "variable \"v\" {\n" + test.declared + "\n}\naccount \"A\" { description = jsonencode(var.v) }\n"
			c, diags := load1(t, src, func(o *Options) { o.Vars, o.Env = test.vars, test.env })
			hold(t, diags, test.diags...)
			if test.diags == nil {
				if got := c.Accounts[0].Description.Value; got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
			}
		})
	}
}

// TestSensitive holds that no message shows a sensitive value, or what is made
// of it.
func TestSensitive(t *testing.T) {
	const value = "hunter2hunter2"
	declared := "variable \"v\" {\n type = string\n sensitive = true\n}\n"
	for name, test := range map[string]struct{ src, want string }{
		"bad subject":                        {declared + "account \"A\" {\n stream \"S\" { subjects = [\"${var.v}..x\"] }\n}", "t.hcl:6 bad-subject"},
		"made of it":                         {declared + "locals { up = upper(var.v) }\naccount \"A\" {\n stream \"S\" { max_age = local.up }\n}", "t.hcl:7 bad-duration"},
		"an enum":                            {declared + "account \"A\" { cluster_traffic = var.v }", "t.hcl:5 bad-value"},
		"a function":                         {declared + "account \"A\" { description = parseint(var.v, 10) }", "t.hcl:5 bad-expression"},
		"a validation":                       {"variable \"v\" {\n sensitive = true\n validation {\n  condition = false\n  error_message = \"not ${var.v}\"\n }\n}", "f:0 variable-validation"},
		"its type":                           {"variable \"v\" {\n sensitive = true\n type = number\n}", "f:0 wrong-type"},
		"for_each":                           {declared + "account \"A\" { for_each = toset([var.v]) }", "t.hcl:5 bad-for-each"},
		"a dynamic one":                      {declared + "account \"A\" {\n dynamic \"stream\" {\n  for_each = [upper(var.v)]\n  labels = [\"S\"]\n  content { max_age = stream.value }\n }\n}", "t.hcl:9 bad-duration"},
		"a validation of what is made of it": {"variable \"v\" {\n sensitive = true\n validation {\n  condition = false\n  error_message = \"not ${upper(var.v)} ${base64encode(var.v)}\"\n }\n}", "f:0 variable-validation ~ cannot be shown"},
		"a validation that shows nothing":    {"variable \"v\" {\n sensitive = true\n validation {\n  condition = length(var.v) < 3\n  error_message = \"too long\"\n }\n}", "f:0 variable-validation ~ too long"},
		"a validation by a local":            {declared + "locals { up = upper(var.v) }\nvariable \"w\" {\n default = 1\n validation {\n  condition = false\n  error_message = \"not ${lower(local.up)}\"\n }\n}", "t.hcl:7 variable-validation ~ cannot be shown"},
		"a condition":                        {"variable \"v\" {\n sensitive = true\n validation {\n  condition = parseint(upper(var.v), 10) > 0\n  error_message = \"no\"\n }\n}", "t.hcl:4 bad-expression ~ cannot be shown"},
		"a function of what is made of it":   {declared + "account \"A\" { description = parseint(upper(var.v), 10) }", "t.hcl:5 bad-expression ~ cannot be shown"},
		"a reference made of it":             {declared + "account \"A\" { description = account[upper(var.v)].name }", "t.hcl:5 unknown-reference ~ cannot be shown"},
		"a key made of it":                   {declared + "locals { m = { (upper(var.v)) = 1 } }\naccount \"A\" { description = local.m.x }", "t.hcl:6 unknown-reference ~ cannot be shown"},
		"a file":                             {declared + "account \"A\" { description = file(upper(var.v)) }", "t.hcl:5 file-unreadable ~ cannot be shown"},
		"a template":                         {declared + "account \"A\" { description = templatefile(\"m/x.tmpl\", { v = var.v }) }", "t.hcl:5 bad-expression ~ cannot be shown"},
		"a name":                             {declared + "account \"A\" { name = upper(var.v) }", "t.hcl:5 bad-name ~ (sensitive value)"},
		"a stream's name":                    {declared + "account \"A\" {\n stream \"S\" { name = \"x-${var.v}\" }\n}", "t.hcl:6 bad-name ~ (sensitive value)"},
		"a dynamic label":                    {declared + "account \"A\" {\n dynamic \"stream\" {\n  for_each = [var.v]\n  labels = [upper(stream.value)]\n  content {}\n }\n}", "t.hcl:8 bad-name ~ (sensitive value)"},
		"made of a dynamic one":              {declared + "account \"A\" {\n dynamic \"stream\" {\n  for_each = [var.v]\n  labels = [\"S\"]\n  content { max_age = upper(stream.value) }\n }\n}", "t.hcl:9 bad-duration"},
		"made of an entity's subject":        {declared + "account \"A\" {\n stream \"S\" { subjects = [var.v] }\n description = parseint(upper(account.A.stream.S.subjects[0]), 10)\n}", "t.hcl:7 bad-expression ~ cannot be shown"},
		"beside a module":                    {declared + "module \"m\" {\n source = \"./m\"\n in = 1\n}\naccount \"A\" { description = parseint(upper(\"${var.v}${module.m.out}\"), 10) }", "t.hcl:9 bad-expression ~ cannot be shown"},
		"a number":                           {"variable \"n\" {\n sensitive = true\n default = 12345678901234567890\n}\n" + declared + "account \"A\" {\n stream \"S\" { max_age = var.n }\n}", "t.hcl:10 bad-duration ~ (sensitive value)"},
		"an output":                          {declared + "module \"m\" {\n source = \"./m\"\n in = var.v\n}\naccount \"A\" { cluster_traffic = module.m.out }", "t.hcl:9 bad-value"},
	} {
		t.Run(name, func(t *testing.T) {
			c, diags := Load(Options{
				Tree: files("t.hcl", test.src, "m/x.tmpl", "${parseint(upper(v), 10)}", "m/m.hcl", "variable \"in\" {}\noutput \"out\" { value = \"${var.in}!\" }"), Path: "t.hcl",
				Vars: []Values{{From: "f", File: []byte("v = \"" + value + "\"")}},
			})
			hold(t, diags, test.want)
			for _, d := range diags {
				shown := strings.ToLower(said(d))
				for _, n := range diag.Of(d).Notes {
					shown += strings.ToLower(n.Text)
				}
				if strings.Contains(shown, "hunter2") {
					t.Errorf("shown: %s", said(d))
				}
				if d.Subject.Start.Line > 0 && strings.Contains(string(c.Sources[d.Subject.Filename]), value) {
					t.Errorf("%s shows the line of the value", d.Subject)
				}
			}
		})
	}
	for _, secret := range []string{value, value + "-and-more"} { // one begins with the other
		src := declared + "account \"A\" { description = \"${var.v}-and-more\" }"
		c := good(t, src, func(o *Options) { o.Vars = []Values{{From: "f", Text: map[string]string{"v": value}}} })
		diags := c.Redact(hcl.Diagnostics{diag.New("syntax", hcl.Range{}, secret)})
		if got := diags[0].Summary; got != "(sensitive value)" {
			t.Errorf("%s is redacted to %s", secret, got)
		}
	}
	c := good(t, declared+"account \"A\" { description = \"x${var.v}\" }", func(o *Options) {
		o.Vars = []Values{{From: "f", Text: map[string]string{"v": value}}}
	})
	later := c.Redact(hcl.Diagnostics{diag.New("syntax", hcl.Range{}, "x"+value+" and "+value)})
	for range 2 { // whoever tells it again tells the same
		c.Redact(later)
	}
	if got := later[0].Summary; got != "(sensitive value) and (sensitive value)" {
		t.Errorf("redacted: %s", got)
	}
}

// What a value lacks of its variable's type is named, and what it may lack.
func TestObjectVariable(t *testing.T) {
	c, diags := Load(Options{
		Tree: files("t.hcl", "variable \"o\" {\n type = map(object({ a = number, b = optional(string, \"bb\") }))\n}\naccount \"A\" {\n description = var.o.x.b\n}"),
		Path: "t.hcl", Vars: []Values{{From: "--var", Text: map[string]string{"o": "{ x = {} }"}}},
	})
	hold(t, diags, "--var:0 wrong-type ~ map(object({a=number,b=optional(string)}))")
	if !strings.Contains(said(diags[0]), `attribute "a" is required`) || c.Accounts[0].Description.IsSet() {
		t.Errorf("%s", said(diags[0]))
	}
}
