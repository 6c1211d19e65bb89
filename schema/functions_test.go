package schema

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/convert"
)

// evaluate evaluates an expression in a scope with nothing in it but a tree.
func evaluate(t testing.TB, tree fs.FS, src string) (cty.Value, hcl.Diagnostics) {
	t.Helper()
	e, diags := hclsyntax.ParseExpression([]byte(src), "e.hcl", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", src, diags)
	}
	return expression(rewrite(e), newEvaluator(Options{Tree: tree}, nil).newScope("", ".").ctx)
}

func TestFunctions(t *testing.T) {
	tree := files("a.txt", "hello", "t.tmpl", "hi ${name}")
	last := ""
	for _, f := range functionTable {
		if f.Name <= last {
			t.Errorf("%s stands after %s", f.Name, last)
		}
		last = f.Name
		if f.Does == "" || !strings.HasSuffix(f.Does, ".") || f.Example == "" || f.Gives == "" {
			t.Errorf("%s has no sentence, example or result", f.Name)
			continue
		}
		if !strings.Contains(f.Example, f.Name+"(") {
			t.Errorf("%s's example does not call it", f.Name)
		}
		got, diags := evaluate(t, tree, f.Example)
		if diags.HasErrors() {
			t.Errorf("%s: %s", f.Example, said(diags[0]))
			continue
		}
		want, diags := evaluate(t, tree, f.Gives)
		if diags.HasErrors() {
			t.Fatalf("%s: %v", f.Gives, diags)
		}
		// [1] written out is a tuple, and from a function perhaps a list.
		if as, err := convert.Convert(want, got.Type()); err != nil || !as.RawEquals(got) {
			t.Errorf("%s gives %#v, want %#v", f.Example, got, want)
		}
	}
}

// TestFunctionsWithOddArguments holds that none panics, but for those of
// go-cty's library that are known to, whose panics are errors.
func TestFunctionsWithOddArguments(t *testing.T) {
	panics := map[string]bool{"log": true, "merge": true, "pow": true, "zipmap": true}
	e := newEvaluator(Options{Tree: files()}, nil)
	s := e.newScope("", ".")
	account := &Account{}
	account.self, account.Kind, account.Label = account, KindAccount, "A"
	odd := []cty.Value{
		cty.StringVal(""), cty.StringVal("x"), cty.StringVal("/(/"), cty.Zero, cty.NumberIntVal(-1), cty.NumberFloatVal(0.5),
		cty.PositiveInfinity, cty.MustParseNumberVal("1e300"), cty.True, cty.NullVal(cty.String), cty.NullVal(cty.DynamicPseudoType),
		cty.EmptyObjectVal, cty.EmptyTupleVal, cty.TupleVal([]cty.Value{cty.NullVal(cty.String)}), cty.ListValEmpty(cty.String),
		cty.SetVal([]cty.Value{cty.StringVal("a")}), cty.ListVal([]cty.Value{cty.NullVal(cty.Number)}), cty.DynamicVal,
		cty.TupleVal([]cty.Value{cty.DynamicVal}), cty.UnknownVal(cty.String), cty.CapsuleVal(refType, account.Header()),
		cty.ObjectVal(map[string]cty.Value{"a": cty.CapsuleVal(refType, account.Header())}),
		cty.MapVal(map[string]cty.Value{"a": cty.CapsuleVal(refType, account.Header())}),
	}
	call := func(name string, args ...cty.Value) {
		ctx := s.ctx.NewChild()
		ctx.Variables = map[string]cty.Value{}
		var text []string
		for i, a := range args {
			ctx.Variables["a"+strconv.Itoa(i)] = a
			text = append(text, "a"+strconv.Itoa(i))
		}
		src := name + "(" + strings.Join(text, ", ") + ")"
		x, _ := hclsyntax.ParseExpression([]byte(src), "e.hcl", hcl.InitialPos)
		v, diags := expression(rewrite(x), ctx)
		for _, d := range diags {
			if strings.Contains(said(d), "it cannot work with") && !panics[name] {
				t.Errorf("%s of %#v: %s", name, args, said(d))
			}
		}
		if v == cty.NilVal {
			t.Errorf("%s of %#v gives nothing", name, args)
		}
	}
	for _, f := range functionTable {
		call(f.Name)
		for _, a := range odd {
			call(f.Name, a)
			for _, b := range odd {
				call(f.Name, a, b)
			}
			call(f.Name, a, a, a)
			call(f.Name, odd[1], a, odd[1])
			call(f.Name, odd[1], odd[1], a)
		}
	}
}

// TestFunctionsArePure holds that nothing in this package can read the clock,
// the environment, randomness or the network: it imports none of what does.
// What watches over an evaluation may count its time.
func TestFunctionsArePure(t *testing.T) {
	forbidden := map[string]bool{"os": true, "math/rand": true, "math/rand/v2": true, "crypto/rand": true, "net": true, "net/http": true, "syscall": true, "os/exec": true}
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen++
		for _, i := range file.Imports {
			if path, _ := strconv.Unquote(i.Path.Value); forbidden[path] {
				t.Errorf("%s imports %s", name, path)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if call, ok := n.(*ast.SelectorExpr); ok && name != "bounds.go" {
				if x, ok := call.X.(*ast.Ident); ok && x.Name == "time" && (call.Sel.Name == "Now" || call.Sel.Name == "Since" || call.Sel.Name == "Until") {
					t.Errorf("%s calls time.%s", name, call.Sel.Name)
				}
			}
			return true
		})
	}
	if seen < 10 {
		t.Fatalf("looked at %d files", seen)
	}
}

func TestFunctionBounds(t *testing.T) {
	for _, test := range []struct{ src, want string }{
		{`length(range(100000))`, ""},
		{`range(10000000)`, "more than 1048576 numbers"},
		{`range(0, 1, -1)`, "the step does not lead"},
		{`range(1, 1, 0)`, "the step does not lead"},
		{`setproduct(range(2000), range(2000))`, "more than 1048576 combinations"},
		{`format("%999999999d", 1)`, "a width of more than 4096"},
		{`formatlist("%.99999f", [1])`, "a width of more than 4096"},
		{`indent(1000000, "a\nb")`, "an indent of more than 4096"},
		{`join(join("", [for i in range(10000) : "0123456789"]), range(10000))`, "longer than 64 MiB"},
		{`replace(join("", [for i in range(10000) : "0123456789"]), "", join("", [for i in range(10000) : "0123456789"]))`, "longer than 64 MiB"},
		{`replace(join("", [for i in range(10000) : "0123456789"]), "/[0-9]*/", "$0$0$0$0$0")`, ""},
		{`replace(join("", [for i in range(20000) : "0123456789"]), "/.*/", join("", [for i in range(1000) : "$0"]))`, "longer than 64 MiB"},
		{`yamldecode(join("", [for i in range(1000) : "["]))`, "nested more than"},
		{`yamldecode(join("", [for i in range(1000) : "- "]))`, "nested more than"},
		{`yamldecode("a: &x [1]\nb: *x")`, "aliases (*x)"},
		{`yamldecode("a: R&D *bold* text\nb: it's [fine]").b`, ""},
		{`jsondecode(join("", [for i in range(1000) : "["]))`, "nested more than"},
		{`base64decode("/w==")`, "not text"},
		{`try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(try(nope, 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1), 1)`, ""},
		{`try(nope, upper(1, 2))`, "no argument can be evaluated, the last since too many function arguments"},
		{`pow(10, 100000)`, "too large"},
		{`1 / 0`, "division by zero [bad-expression]"},
		{`log(0, 2)`, "log: the result is infinite"},
		{`pow(0, -1)`, "pow: the result is infinite"},
		{`0 == 0 ? 0 : 1 / 0`, ""},
		{`jsondecode("1e999999999")`, "no flag raises this limit"},
		{`"${pow(10, 300) * pow(10, 300)}"`, ""},
		{`jsondecode("1e999999999")`, "too large"},
		{`jsondecode("1e9999999")`, "too large"},
		{`jsondecode("[1e9999999]")`, "too large"},
		{`templatefile("t.tmpl", {})`, `t.tmpl:1: there is no "x" in this template [bad-expression] Correct the name`},
		{`templatefile("t.tmpl", { title = 1, body = 2 })`, `There is: body, title.`},
		{`scop`, `A reference begins with account`},
		{`templatefile("t.tmpl", { x = null })`, ""},
	} {
		_, diags := evaluate(t, files("t.tmpl", "${x == null}"), test.src)
		switch {
		case test.want == "" && diags.HasErrors():
			t.Errorf("%s: %s", test.src, said(diags[0]))
		case test.want != "" && !diags.HasErrors():
			t.Errorf("%s is let through", test.src)
		case test.want != "" && !strings.Contains(said(diags[0]), test.want):
			t.Errorf("%s says %s, not %q", test.src, said(diags[0]), test.want)
		}
	}
}
