package diag

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every call of New with a literal name, in all of jsc, names a rule and gives
// as many arguments as its Message has verbs.
func TestCallsOfNew(t *testing.T) {
	files := token.NewFileSet()
	calls := 0
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := e.Name()
		if e.IsDir() {
			if name == "testdata" || strings.HasPrefix(name, ".") && name != ".." {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		n, wrong := checkCalls(files, f)
		calls += n
		for _, w := range wrong {
			t.Error(w)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if calls < 50 {
		t.Errorf("only %d calls were found: the test looks in the wrong place", calls)
	}
}

// checkCalls counts the calls of New with a literal name in a file and says
// what is wrong with them.
func checkCalls(files *token.FileSet, f *ast.File) (calls int, wrong []string) {
	name := importName(f, "jsc/schema/diag")
	if name == "" {
		return 0, nil
	}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) < 2 {
			return true
		}
		fun, ok := call.Fun.(*ast.SelectorExpr)
		if !ok || fun.Sel.Name != "New" {
			return true
		}
		if pkg, ok := fun.X.(*ast.Ident); !ok || pkg.Name != name {
			return true
		}
		lit, ok := call.Args[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		calls++
		rule, err := strconv.Unquote(lit.Value)
		at := files.Position(call.Pos())
		r := Lookup(rule)
		switch {
		case err != nil || r == nil:
			wrong = append(wrong, fmt.Sprintf("%s: no rule %s", at, lit.Value))
		case !call.Ellipsis.IsValid() && len(call.Args)-2 != verbs(r.Message):
			wrong = append(wrong, fmt.Sprintf("%s: %s takes %d arguments, not %d: %q", at, rule, verbs(r.Message), len(call.Args)-2, r.Message))
		}
		return true
	})
	return calls, wrong
}

// importName is the name under which f imports a package; "" when it does not.
func importName(f *ast.File, path string) string {
	for _, i := range f.Imports {
		if p, _ := strconv.Unquote(i.Path.Value); p == path {
			if i.Name != nil {
				return i.Name.Name
			}
			return filepath.Base(path)
		}
	}
	return ""
}

// verbs counts the verbs of a format that has no flags, as the table's have not.
func verbs(format string) int {
	return strings.Count(strings.ReplaceAll(format, "%%", ""), "%")
}

func TestCheckCalls(t *testing.T) {
	const src = `package p
import d "jsc/schema/diag"
func f() {
	d.New("syntax", at, "fine")
	d.New("bad-duration", at)
	d.New("no-such-rule", at, 1)
	d.New("wrong-type", at, more...)
	d.New(name, at)
	other.New("no-such-rule", at)
}`
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, "p.go", src, 0)
	if err != nil {
		t.Fatal(err)
	}
	calls, wrong := checkCalls(files, f)
	want := []string{
		`p.go:5:2: bad-duration takes 1 arguments, not 0: "%q is not a duration"`,
		`p.go:6:2: no rule "no-such-rule"`,
	}
	if calls != 4 || strings.Join(wrong, "\n") != strings.Join(want, "\n") {
		t.Errorf("%d calls, %q", calls, wrong)
	}
}
